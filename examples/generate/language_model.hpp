// SPDX-License-Identifier: Apache-2.0
/// @file A small causal language model over bytes: prompt and continuation through a paged cache.
#pragma once
#include <deepseek/deepseek.hpp>
#include <deepseek/tensor/safetensors.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace deepseek::example {

/// language_model: a transformer as make_model.py trains it. Its weights are read once, as f32.
///
///   h = h + output(attention(turned query(n), turned keys, values)),  n = norm(h), causal
///   h = h + down(silu(gate(n)) * up(n)),                              n = norm(h)       three times
///   logits = norm(h) embedding^T
class language_model {
 public:
  static constexpr int layers = 3;
  static constexpr int heads = 6;
  static constexpr int kv_heads = 2;
  static constexpr int head_width = 16;
  static constexpr int width = heads * head_width;
  static constexpr int kv_width = kv_heads * head_width;
  static constexpr int inner_width = 256;
  static constexpr int bytes = 256;
  static constexpr int longest = 1024;
  static constexpr int page_size = 16;
  static constexpr float epsilon = 1e-5F;

  using rows = tensor<float, dims<dyn, width>>;
  using cache = kv_cache<float>;

  /// language_model(path): path is the model.safetensors that make_model.py writes.
  /// @fails  io_error, argument_error, dtype_error, shape_error: the file is not this model
  explicit language_model(std::string const& path)
      : turns_{longest, head_width},
        embedding_{read<bytes, width>(safetensors_file{path}, "embedding.weight")},
        norm_{read_row(safetensors_file{path}, "norm.gain")} {
    safetensors_file const file{path};
    for (int i = 0; i < layers; ++i) layer_.emplace_back(file, "layer." + std::to_string(i) + ".");
  }

  /// A conversation: a cache for each layer.
  [[nodiscard]] std::vector<cache> start() const {
    return std::vector<cache>(layers, cache{{.kv_heads = kv_heads,
                                             .width = head_width,
                                             .capacity = longest,
                                             .page_size = page_size}});
  }

  /// logits(caches, tokens): appends the tokens and gives the logits of what follows the last one.
  /// @shape  tokens: [n] -> [1, bytes]
  /// @fails  shape_error [DS-CACHE-CAPACITY] more than `longest` tokens in all
  [[nodiscard]] tensor<float, dims<1, bytes>> logits(
      std::vector<cache>& caches, tensor<std::int32_t, dims<dyn>> const& tokens) const {
    std::int64_t const n = tokens.extent(0);
    rows x{n};
    (x = embedding(embedding_, tokens)).run(executor_);
    for (int i = 0; i < layers; ++i)
      layer_[std::size_t(i)].run(x, caches[std::size_t(i)], turns_.by_halves(), executor_);
    tensor<float, dims<1, bytes>> result;
    (result =
         matmul(rms_norm(slice(x, range{n - 1, n}, every), norm_, epsilon), transpose(embedding_)))
        .run(executor_);
    return result;
  }

 private:
  template <int Out, int In>
  static tensor<float, dims<Out, In>> read(safetensors_file const& file, std::string const& name) {
    tensor<float, dims<Out, In>> weight;
    (weight = file.view<f16, dims<Out, In>>(name)).run(host{});
    return weight;
  }
  static tensor<float, dims<width>> read_row(safetensors_file const& file,
                                             std::string const& name) {
    tensor<float, dims<width>> gain;
    (gain = file.view<f16, dims<width>>(name)).run(host{});
    return gain;
  }

  struct layer {
    tensor<float, dims<width>> attention_norm, inner_norm;
    tensor<float, dims<width, width>> query, output;
    tensor<float, dims<kv_width, width>> key, value;
    tensor<float, dims<inner_width, width>> gate, up;
    tensor<float, dims<width, inner_width>> down;

    layer(safetensors_file const& file, std::string const& name)
        : attention_norm{read_row(file, name + "attention_norm.gain")},
          inner_norm{read_row(file, name + "inner_norm.gain")},
          query{read<width, width>(file, name + "query.weight")},
          output{read<width, width>(file, name + "output.weight")},
          key{read<kv_width, width>(file, name + "key.weight")},
          value{read<kv_width, width>(file, name + "value.weight")},
          gate{read<inner_width, width>(file, name + "gate.weight")},
          up{read<inner_width, width>(file, name + "up.weight")},
          down{read<width, inner_width>(file, name + "down.weight")} {}

    /// [n, heads * head_width] as [1, heads, n, head_width]: a view.
    template <int Heads, class X> static auto by_head(X& x) {
      return unsqueeze<0>(permute(reshape<dyn, Heads, head_width>(x), axes<1, 0, 2>));
    }

    void run(rows& x, cache& seen, rotary const& turn, host const& executor) const {
      std::int64_t const n = x.extent(0);
      rows h{n}, q{n}, context{n};
      tensor<float, dims<dyn, kv_width>> k{n}, v{n};
      (h = rms_norm(x, attention_norm, epsilon)).run(executor);
      (q = matmul(h, transpose(query))).run(executor);
      (k = matmul(h, transpose(key))).run(executor);
      (v = matmul(h, transpose(value))).run(executor);
      seen.append(by_head<kv_heads>(k), by_head<kv_heads>(v), turn).run(executor);
      (by_head<heads>(context) =
           attention(by_head<heads>(q), seen.as_keys(), score::causal, {.turn = turn}))
          .run(executor);
      (x = x + matmul(context, transpose(output))).run(executor);
      (h = rms_norm(x, inner_norm, epsilon)).run(executor);
      tensor<float, dims<dyn, inner_width>> inner{n};
      (inner = silu(matmul(h, transpose(gate)))).run(executor);
      (inner = matmul(h, transpose(up)) * inner).run(executor);
      (x = x + matmul(inner, transpose(down))).run(executor);
    }
  };

  host executor_;
  rotary_tables turns_;
  tensor<float, dims<bytes, width>> embedding_;
  tensor<float, dims<width>> norm_;
  std::vector<layer> layer_;
};

/// likeliest(logits): the token whose logit is the largest, the first of equals.
inline std::int32_t likeliest(tensor<float, dims<1, language_model::bytes>> const& logits) {
  return static_cast<std::int32_t>(eval(argmax(logits, axes<-1>))(0, 0));
}

/// tokens_of(text): its bytes.
inline tensor<std::int32_t, dims<dyn>> tokens_of(std::string const& text) {
  tensor<std::int32_t, dims<dyn>> tokens{dims<dyn>{std::int64_t(text.size())}};
  for (std::size_t i = 0; i < text.size(); ++i)
    tokens(std::int64_t(i)) = static_cast<unsigned char>(text[i]);
  return tokens;
}

}  // namespace deepseek::example
