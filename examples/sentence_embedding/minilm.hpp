// SPDX-License-Identifier: Apache-2.0
/// @file all-MiniLM-L6-v2: from tokens to sentence embeddings, each step an expression of the library.
#pragma once
#include <deepseek/deepseek.hpp>
#include <deepseek/tensor/safetensors.hpp>

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

namespace deepseek::example {

/// token_batch: sentences of any lengths, each as token numbers, filled up to the longest.
struct token_batch {
  using sentence = std::vector<std::int32_t>;

  tensor<std::int32_t, dims<dyn, dyn>> tokens;  // [s, t]
  tensor<bool, dims<dyn, dyn>> mask;            // [s, t]: where there is a token
  tensor<float, dims<dyn, dyn, 1>> share;       // [s, t, 1]: 1 / length, and 0 after the end

  explicit token_batch(std::vector<sentence> const& sentences)
      : tokens(sentences.size(), longest(sentences)),
        mask(sentences.size(), longest(sentences)),
        share(sentences.size(), longest(sentences)) {
    for (std::size_t s = 0; s < sentences.size(); ++s) {
      auto const length = std::int64_t(sentences[s].size());
      for (std::int64_t t = 0; t < tokens.extent(1); ++t) {
        bool const inside = t < length;
        tokens(s, t) = inside ? sentences[s][std::size_t(t)] : 0;
        mask(s, t) = inside;
        share(s, t, 0) = inside ? 1.f / float(length) : 0.f;
      }
    }
  }

  static std::size_t longest(std::vector<sentence> const& sentences) {
    std::size_t most = 0;
    for (sentence const& one : sentences) most = std::max(most, one.size());
    return most;
  }
};

/// run_on: what becomes of a step of the model: it runs. Another one may take its time, or print it.
struct run_on {
  host executor{};
  template <class Y, class E> void operator()(char const* /*name*/, Y&& y, E const& e) const {
    (y = e).run(executor);
  }
};

/// minilm: a BERT encoder of six layers. Its weights stay where they lie, in the mapped file.
///
///   h = norm(word[token] + position + segment)
///   h = norm(h + output(attention(query(h), key(h), value(h))))       six times
///   h = norm(h + contract(gelu(expand(h))))
///   y[sentence] = mean of h over the sentence's tokens, scaled to length 1
///
/// @paper  Wang et al. 2020, arXiv:2002.10957; Reimers and Gurevych 2019, arXiv:1908.10084
class minilm {
 public:
  static constexpr int layers = 6;
  static constexpr int heads = 12;
  static constexpr int head_width = 32;
  static constexpr int width = heads * head_width;
  static constexpr int inner_width = 4 * width;
  static constexpr int longest = 256;  // tokens of a sentence, as it was trained
  static constexpr float epsilon = 1e-12f;

 private:  // the parts come first: their results' types follow from their bodies
  using by_head = dims<dyn, dyn, heads, head_width>;  // [sentence, token, head, width of a head]

  template <int Out, int In> struct linear {
    view<float const, dims<Out, In>> weight;
    view<float const, dims<Out>> bias;

    linear(safetensors_file const& file, std::string const& name)
        : weight{file.view<float, dims<Out, In>>(name + ".weight")},
          bias{file.view<float, dims<Out>>(name + ".bias")} {}

    template <operand X> auto operator()(X&& x) const {
      return matmul(static_cast<X&&>(x), transpose(weight)) + bias;
    }
  };

  struct norm {
    view<float const, dims<width>> gain, bias;

    norm(safetensors_file const& file, std::string const& name)
        : gain{file.view<float, dims<width>>(name + ".gain")},
          bias{file.view<float, dims<width>>(name + ".bias")} {}

    template <operand X> auto operator()(X&& x) const {
      return layer_norm(static_cast<X&&>(x), gain, bias, epsilon);
    }
  };

  struct layer {
    linear<width, width> query, key, value, output;
    linear<inner_width, width> expand;
    linear<width, inner_width> contract;
    norm attention_norm, output_norm;

    layer(safetensors_file const& file, std::string const& name)
        : query{file, name + "query"},
          key{file, name + "key"},
          value{file, name + "value"},
          output{file, name + "output"},
          expand{file, name + "expand"},
          contract{file, name + "contract"},
          attention_norm{file, name + "attention_norm"},
          output_norm{file, name + "output_norm"} {}

    /// A matrix with a row for each token of each sentence: a view.
    template <class X> static auto rows(X& x) { return reshape<dyn, width>(x); }

    template <class Mask, class Step>
    void run(tensor<float, dims<dyn, dyn, width>>& hidden, Mask const& mask, Step& step) const {
      by_head const extents{hidden.extent(0), hidden.extent(1)};
      tensor<float, by_head> q{extents}, k{extents}, v{extents}, context{extents};
      auto const h = rows(hidden);
      step("query", rows(q), query(h));
      step("key", rows(k), key(h));
      step("value", rows(v), value(h));

      constexpr auto head_first = axes<0, 2, 1, 3>;
      step("attention", permute(context, head_first),
           attention(permute(q, head_first), permute(k, head_first), permute(v, head_first),
                     score::key_mask(mask)));

      step("output", h, attention_norm(output(rows(context)) + h));
      step("feed forward", h, output_norm(contract(gelu(expand(h))) + h));
    }
  };

 public:
  /// minilm(path): path is the model.safetensors that fetch_model.py writes.
  /// @fails  io_error, argument_error, dtype_error, shape_error: the file is not this model
  explicit minilm(std::string const& path)
      : file_{path},
        word_{file_.view<float, dims<dyn, width>>("embedding.word")},
        position_{file_.view<float, dims<dyn, width>>("embedding.position")},
        segment_{file_.view<float, dims<dyn, width>>("embedding.segment")},
        norm_{file_, "embedding.norm"} {
    for (int i = 0; i < layers; ++i) layer_.emplace_back(file_, "layer." + std::to_string(i) + ".");
  }

  /// embed(batch): an embedding of length 1 for each sentence. step(name, y, e) is called for each
  /// `y = e` in turn and runs it.
  /// @shape  [sentences, width]
  template <class Step = run_on>
  tensor<float, dims<dyn, width>> embed(token_batch const& batch, Step&& step = {}) const {
    std::int64_t const sentences = batch.tokens.extent(0);
    std::int64_t const tokens = batch.tokens.extent(1);
    tensor<float, dims<dyn, dyn, width>> hidden(sentences, tokens);
    step("embedding", hidden,
         norm_(embedding(word_, batch.tokens) + slice(position_, range{0, tokens}) +
               at(segment_, axes<0>, 0)));

    for (layer const& one : layer_) one.run(hidden, batch.mask, step);

    tensor<float, dims<dyn, width>> result(sentences);
    step("mean", result, squeeze<1>(sum(hidden * batch.share, axes<1>)));
    step("normalise", result, l2_normalize(result, last));
    return result;
  }

 private:
  safetensors_file file_;
  view<float const, dims<dyn, width>> word_, position_, segment_;
  norm norm_;
  std::vector<layer> layer_;
};

}  // namespace deepseek::example
