#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes tokens.tsv and vocab_subset.txt: what the reference tokenizer makes of these sentences.

    pip install tokenizers==0.23.3
    python3 make_tokens.py FOLDER    # the one that fetch_model.py of the example printed

tokens.tsv: one case per line: maximum length, tokens with spaces between, sentence. In the sentence
a backslash and every byte outside printable ASCII is \\xHH, so that no editor can change it.
vocab_subset.txt: the special tokens and every piece of the vocabulary that occurs in one of the
words, hence longest match first gives the same tokens as the whole vocabulary (checked here).
"""
import pathlib
import random
import sys

from tokenizers import Tokenizer
from tokenizers.models import WordPiece
from tokenizers.normalizers import BertNormalizer
from tokenizers.pre_tokenizers import BertPreTokenizer
from tokenizers.processors import TemplateProcessing

HERE = pathlib.Path(__file__).parent
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LENGTH = 256  # maximum where a case does not ask for another

ORDINARY = """\
Hello, world!
The quick brown fox jumps over the lazy dog.
unaffable unbelievable unhappiness embedding embeddings tokenization
I can't, won't and shouldn't've.
It's 5 o'clock; don't be late...
e-mail: someone@example.org, http://example.org/a/b?c=d&e=f#g
C++20, C#, F#, .NET and node.js
a<b>c</b> && x[3] != y{4} || ~z ^ w
$100 + £50 = €140 ± 5 % ¥ ¢ ₹
1,234,567.89 0x1F 3.14e-10 1/2 2^10
UPPER lower MiXeD CamelCase snake_case kebab-case
ALL CAPS SENTENCE WITH NUMBERS 123 AND 4567890
the the the the the
supercalifragilisticexpialidocious
pneumonoultramicroscopicsilicovolcanoconiosis
Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogoch
xyzzy qwertyuiop asdfghjkl zxcvbnm
aaaaaaaaaaaaaaaaaaaaaaaa bbbbbbbbb
a b c d e f g h i j k l m n o p q r s t u v w x y z
A
.
?!?!?!
--- *** ___ ### ===
"Quoted" 'single' `back` (round) [square] {curly} <angle>
   leading and trailing   \n\
many     spaces          between
GPT-4, BERT-base, T5-small and all-MiniLM-L6-v2
2024-02-29T23:59:60Z
192.168.0.1:8080 ::1 fe80::1%eth0
C:\\Windows\\System32\\drivers\\etc
rock'n'roll l'homme d'accord aujourd'hui
U.S.A. Ph.D. e.g. i.e. etc.
##ing #hash ##able ## playing ##playing
½ cup, ¾ tsp, ⅓ and ⅞
x² + y³ = z⁴, H₂O, CO₂
№ 5 ™ ® © ℃ ℉ Å Ω K
ﬁrst ﬂoor oﬃce ﬆop
ⅣⅧ ⅳⅷ ① ② ⑩ ⓐ Ⓐ
Ｆｕｌｌｗｉｄｔｈ ＡＳＣＩＩ！ （１２３）
smart “quotes” and ‘these’ — with – dashes … and • bullets
«guillemets» ‹single› „low“ ‚low‘
¿Qué? ¡Sí! § 5 ¶ † ‡
→ ← ↑ ↓ ⇒ ⇔ ∀ ∃ ∈ ∑ ∏ ∫ √ ∞ ≈ ≠ ≤ ≥
█ ▓ ░ ┌─┐ │ └─┘ ■ □ ● ○ ★ ☆
♠ ♥ ♦ ♣ ♩ ♪ ♫ ☀ ☁ ☂ ☎ ☠ ☮ ☯"""

ACCENTS = """\
Héllò hôw äre ü?
café naïve résumé façade jalapeño
CAFÉ NAÏVE RÉSUMÉ FAÇADE JALAPEÑO
cafe\u0301 nai\u0308ve re\u0301sume\u0301
Ångström Århus Øresund smørrebrød
Škoda Žižkov Čapek řeka ďábel ťuhýk ňadra
łódź żółć źdźbło gęś ąę
Đặng Thị Ngọc Thịnh, Hà Nội, Việt Nam
Straße STRASSE \u1e9e groß Größe
İstanbul Iğdır ığüşöç IĞÜŞÖÇ
Ærøskøbing œuvre Œdipe þorn ðat
āēīōū ĀĒĪŌŪ ăĕĭŏŭ ǎěǐǒǔ
őű ŐŰ ŵŷ ŴŶ ŀl Ŀ ĳ Ĳ
A\u030a \u00c5 \u212b
a\u0300\u0301\u0302\u0303\u0304\u0305 z\u0351\u0352\u0363a\u0335l\u0336g\u0337o\u0338
\u0301 alone \u0300\u0301 two alone
e\u0301\u0323 e\u0323\u0301 \u1eb9\u0301
o\u031b\u0309 \u1edf \u01a1\u0309
q\u0307\u0323 q\u0323\u0307
Ἀρχιμήδης ὁ Συρακούσιος ᾧ ᾳ ῥ
Όλοι οι άνθρωποι ΟΔΥΣΣΕΥΣ Οδυσσεύς ς σ
Ёлка ёж Й й Ѐ ѐ їжак ґанок ў
Съешь же ещё этих мягких французских булок
Ђорђе Љубав Њива Џеп
Հայաստան ՀԱՅ և
ქართული ენა"""

SCRIPTS = """\
東京都は日本の首都である。
私は学生です。カタカナとひらがな
がぎぐげご ガギグゲゴ ぱぴぷぺぽ か\u3099
ｶﾀｶﾅ ﾊﾟﾝ
中文分词测试,混合English和123数字。
北京大学生物系主任办公室内部会议
豈\uf900更\uf901車\uf902 \U0002f800
\u3400 \U00020000 \U0002a700 \U0002b740 \U0002b920 \U0002b820 \U0002ceb0
漢\u3000字
〇 々 〆 ヶ ー
한국어 형태소 분석
안녕하세요 각 가 \u1100\u1161\u11a8 뷁
日本語と한국어と中文
שלום עולם שָׁלוֹם
مرحبا بالعالم اَلسَّلَامُ عَلَيْكُمْ
آب أنا إلى ؤ ئ
فارسی گچپژ ۱۲۳
नमस्ते दुनिया क़ ख़
বাংলা ভাষা কো কৌ
தமிழ் மொழி கொ கோ
తెలుగు ಕನ್ನಡ മലയാളം
ไทย ภาษาไทย ก็
ພາສາລາວ မြန်မာ ខ្មែរ
བོད་སྐད་ ᠮᠣᠩᠭᠣᠯ
አማርኛ ⵜⴰⵎⴰⵣⵉⵖⵜ
𝐁𝐨𝐥𝐝 𝒮𝒸𝓇𝒾𝓅𝓉 𝔉𝔯𝔞𝔨 𝟘𝟙𝟚
𐍈𐌰𐌿𐍂𐌳 𐐀𐐨 𒀀 𓀀
हिन्दी में accents और English
।॥ ؟ ، ؛ ・ 、 。 「」 『』 【】"""

EMOJI = """\
😀
I ❤️ C++ 😂😂😂
👍🏽 👩‍👩‍👧‍👦 🏳️‍🌈 🇩🇪🇫🇷
text😀text
so funny 🤣!!! (really)
☺ ☺️ ✌🏿 ✔ ✖ ✨
🧑‍🚀 on the 🌕 in 2024
©️ ®️ ™️ 1️⃣ #️⃣
\U0001fae0 newer emoji \U0001faf6"""

CONTROL = [
    "",
    " ",
    "\n",
    "\t\r\n ",
    "tab\there newline\nhere return\rhere",
    "\x00 nul\x00inside",
    "bell\x07 escape\x1b[31m delete\x7f",
    "vertical\x0btab form\x0cfeed next\x85line",
    "zero\u200bwidth\u200cjoiner\u200dmarks\ufeff \u2060word",
    "soft\u00adhyphen",
    "no\u00a0break\u202fspace thin\u2009space em\u2003space \u1680 \u205f",
    "line\u2028separator paragraph\u2029separator",
    "left\u200eto\u202aright\u202e override\u202c",
    "private\ue000use \U000f0000",
    "replacement\ufffdcharacter",
    "variation\ufe0f selector",
    "unassigned \u0378 \U0003fffd",
    "noncharacter \uffff \ufdd0",
    "\ufeffbyte order mark first",
    "\u3164 hangul filler \u115f",
    "tag \U000e0041 interlinear \ufff9x\ufffa",
    "\u180emongolian vowel separator",
    "[CLS] in the text [SEP] twice [SEP]",
    "what is [MASK]?",
    "x[MASK]y [mask] [ MASK ] [UNK]",
    "[PAD][PAD] [[CLS]] [unused1]",
]

SIZES = [
    "a" * 99,
    "a" * 100,
    "a" * 101,
    "é" * 100 + " " + "é" * 101,
    "e\u0301" * 100 + " " + "e\u0301" * 101,
    "а" * 100,
    "中" * 300,
    "." * 300,
    "antidisestablishmentarianism " * 100,
    "word " * 1000,
    "x" * 5000 + " after",
]

CUT = ["The quick brown fox jumps over the lazy dog.", "unaffable", "one [SEP] two three", ""]
CUT_LENGTHS = [2, 3, 4, 5, 7, 11, 12, 13]


def mixtures(count, seed):
    """Sentences of words drawn from all groups, joined by all kinds of glue."""
    random.seed(seed)
    words = " ".join([ORDINARY, ACCENTS, SCRIPTS, EMOJI]).split()
    glue = [" ", " ", " ", " ", "", "-", ", ", "\u00a0", "\u200b", "/", "\n", "中", "\u0301", "。"]
    for _ in range(count):
        chosen = random.choices(words, k=random.randint(1, 12))
        yield "".join(word + random.choice(glue) for word in chosen)


def reference(pieces):
    """The tokenizer of the model's tokenizer.json over a vocabulary."""
    numbers = {piece: i for i, piece in enumerate(pieces)}
    tokenizer = Tokenizer(WordPiece(numbers, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.normalizer = BertNormalizer(clean_text=True, handle_chinese_chars=True,
                                          strip_accents=None, lowercase=True)
    tokenizer.pre_tokenizer = BertPreTokenizer()
    tokenizer.post_processor = TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(t, numbers[t]) for t in ("[CLS]", "[SEP]")])
    tokenizer.add_special_tokens(SPECIAL)
    return tokenizer


def tokens(tokenizer, case):
    length, sentence = case
    tokenizer.enable_truncation(length)
    return tokenizer.encode(sentence).tokens


def occurring(tokenizer, pieces, sentences):
    """The special tokens and the pieces that are part of a word of the sentences."""
    parts = set(SPECIAL)
    for sentence in sentences:
        clean = tokenizer.normalizer.normalize_str(sentence)
        for word, _ in tokenizer.pre_tokenizer.pre_tokenize_str(clean):
            for begin in range(min(len(word), 101)):
                for end in range(begin + 1, min(len(word), begin + 20) + 1):
                    parts.add(("##" if begin else "") + word[begin:end])
    return [piece for piece in pieces if piece in parts]


def escaped(sentence):
    return "".join(chr(byte) if 0x20 <= byte < 0x7F and byte != 0x5C else f"\\x{byte:02x}"
                   for byte in sentence.encode())


def main():
    folder = pathlib.Path(sys.argv[1])
    pieces = (folder / "vocab.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    assert max(map(len, pieces)) <= 20

    sentences = (HERE / "sentences.txt").read_text(encoding="utf-8").rstrip("\n").split("\n")
    for group in (ORDINARY, ACCENTS, SCRIPTS, EMOJI):
        sentences += group.split("\n")
    sentences += CONTROL + SIZES + list(mixtures(100, seed=7))
    cases = [(LENGTH, s) for s in sentences] + [(n, s) for s in CUT for n in CUT_LENGTHS]

    whole = reference(pieces)
    subset = occurring(whole, pieces, [s for _, s in cases])
    small = reference(subset)
    with open(HERE / "tokens.tsv", "w", encoding="utf-8", newline="\n") as out:
        for case in cases:
            expected = tokens(whole, case)
            assert tokens(small, case) == expected, case
            out.write(f"{case[0]}\t{' '.join(expected)}\t{escaped(case[1])}\n")
    (HERE / "vocab_subset.txt").write_text("\n".join(subset) + "\n", encoding="utf-8")
    print(len(cases), "cases,", len(subset), "of", len(pieces), "pieces")


if __name__ == "__main__":
    main()
