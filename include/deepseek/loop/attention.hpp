// SPDX-License-Identifier: Apache-2.0
/// @file attention: softmax(q k^T) v on the host, tile by tile, without the scores in memory.
///
/// A thread takes a block of queries and walks the keys in tiles: scores of a tile, what a score expression
/// makes of them, an online softmax, and the product with the values, all while the tile is in the cache.
/// Queries of heads that share keys lie in one block where each has few. Where there are few blocks, keys
/// are shared out in parts as well, whose sums are joined in order. How work is cut depends on extents alone:
/// equal bits for any number of threads.
#pragma once
#include <cstdint>

#include <deepseek/arch/cpu/math_log.hpp>
#include <deepseek/loop/detail/attention_kernel.hpp>
#include <deepseek/loop/thread_pool.hpp>
#include <deepseek/loop/workspace.hpp>

namespace deepseek::loop {

/// attention_extents: q is [batch, heads, queries, width], k [batch, kv_heads, keys, width] and v
/// [batch, kv_heads, keys, value_width]; heads is a multiple of kv_heads.
struct attention_extents {
  std::int64_t batch;
  std::int64_t heads;
  std::int64_t kv_heads;
  std::int64_t queries;
  std::int64_t keys;
  std::int64_t width;
  std::int64_t value_width;
};

/// score_tile: scores of some queries of one head and some keys.
struct score_tile {
  std::int64_t batch;
  std::int64_t head;
  std::int64_t query;
  int queries;
  std::int64_t key;
  int keys;
};

/// tile_use: what is done with a tile of scores.
enum class tile_use : unsigned char {
  skip,   ///< all of it is masked
  plain,  ///< no mask applies
  masked  ///< some of it may be masked
};

/// value_rows: rows of values in f32, their columns next to each other.
struct value_rows {
  float const* data;
  std::int64_t stride;
};

namespace detail {

/// attention_plan: how the work is cut.
struct attention_plan {
  using tile = attention_tile;
  attention_extents e;
  std::int64_t heads_at_once;    ///< of those that share keys, in one block
  std::int64_t head_blocks;      ///< of a group of heads
  std::int64_t queries_at_once;  ///< of each of them
  std::int64_t query_blocks;
  std::int64_t parts;  ///< of the keys
  std::int64_t keys_of_part;

  explicit attention_plan(attention_extents const& extents) : e{extents} {
    constexpr std::int64_t most = tile::queries;
    std::int64_t const group = e.heads / e.kv_heads;
    heads_at_once = e.queries > most / 2 ? 1 : most / e.queries;
    if (heads_at_once > group) heads_at_once = group;
    head_blocks = (group + heads_at_once - 1) / heads_at_once;
    query_blocks = (e.queries + most - 1) / most;
    queries_at_once = (e.queries + query_blocks - 1) / query_blocks;
    if (query_blocks > 1)
      queries_at_once = (queries_at_once + tile::rows - 1) / tile::rows * tile::rows;
    if (queries_at_once > most) queries_at_once = most;
    query_blocks = (e.queries + queries_at_once - 1) / queries_at_once;
    constexpr std::int64_t enough_blocks = 16;
    constexpr std::int64_t least_keys = 8 * tile::keys;
    parts = enough_blocks / blocks();
    if (parts > e.keys / least_keys) parts = e.keys / least_keys;
    if (parts < 1) parts = 1;
    std::int64_t const tiles = (e.keys + tile::keys - 1) / tile::keys;
    keys_of_part = (tiles + parts - 1) / parts * tile::keys;
  }
  [[nodiscard]] std::int64_t blocks() const {
    return e.batch * e.kv_heads * head_blocks * query_blocks;
  }
};

/// block_of_queries: a few queries of a few heads; row i * queries + j is query j of head i.
struct block_of_queries {
  std::int64_t batch;
  std::int64_t kv_head;
  std::int64_t head;
  int heads;
  std::int64_t query;
  int queries;
  [[nodiscard]] int rows() const { return heads * queries; }
};

inline block_of_queries block_number(attention_plan const& p, std::int64_t number) {
  std::int64_t const group = p.e.heads / p.e.kv_heads;
  // The last queries first: under a causal mask they have the most keys.
  std::int64_t const q = p.query_blocks - 1 - number % p.query_blocks;
  number /= p.query_blocks;
  std::int64_t const h = number % p.head_blocks * p.heads_at_once;
  number /= p.head_blocks;
  std::int64_t const kv_head = number % p.e.kv_heads;
  std::int64_t const query = q * p.queries_at_once;
  auto const least = [](std::int64_t a, std::int64_t b) { return static_cast<int>(a < b ? a : b); };
  return {number / p.e.kv_heads,
          kv_head,
          kv_head * group + h,
          least(p.heads_at_once, group - h),
          query,
          least(p.queries_at_once, p.e.queries - query)};
}

/// attention_memory: a thread's tiles.
struct attention_memory {
  using tile = attention_tile;
  std::int64_t out_stride;  ///< value_width in whole vectors
  float* queries;
  float* keys;
  float* rows;  ///< of keys, then of values
  float* scores;
  float* out;
  running* sums;

  attention_memory(workspace& from, attention_extents const& e)
      : out_stride{(e.value_width + tile::lanes - 1) / tile::lanes * tile::lanes} {
    std::int64_t const row = e.width > out_stride ? e.width : out_stride;
    std::int64_t const floats = tile::queries * e.width + e.width * tile::keys + tile::keys * row +
                                tile::queries * tile::keys + tile::queries * out_stride;
    auto* next = static_cast<float*>(
        from.take(workspace::attention_tiles,
                  floats * std::int64_t{sizeof(float)} + std::int64_t{sizeof(running)}));
    sums = reinterpret_cast<running*>(next);
    next += sizeof(running) / sizeof(float);
    auto const take = [&](std::int64_t count) {
      float* const here = next;
      next += count;
      return here;
    };
    scores = take(tile::queries * tile::keys);
    out = take(tile::queries * out_stride);
    rows = take(tile::keys * row);
    keys = take(e.width * tile::keys);
    queries = take(tile::queries * e.width);
    for (int i = 0; i < tile::queries * tile::keys; ++i) scores[i] = 0;
  }
};

/// What is done with a tile of each head of the block; whether any of it is looked at.
template <class Operands>
bool looks_at(Operands const& operands, block_of_queries const& b, score_tile t, tile_use* use) {
  bool any = false;
  for (int h = 0; h < b.heads; ++h, ++t.head) {
    use[h] = operands.use(t);
    any = any || use[h] != tile_use::skip;
  }
  return any;
}

/// Leaves out keys at both ends of a tile that a mask leaves out for the whole block.
template <class Operands>
void trim(Operands const& operands, block_of_queries const& b, std::int64_t& key, int& keys,
          tile_use* use) {
  constexpr int step = 2 * attention_tile::lanes;
  bool masked = false;
  for (int h = 0; h < b.heads; ++h) masked = masked || use[h] != tile_use::plain;
  if (!masked) return;
  tile_use part[attention_tile::queries];
  auto const unseen = [&](std::int64_t first, int count) {
    return !looks_at(operands, b, {b.batch, b.head, b.query, b.queries, first, count}, part);
  };
  int const all = keys;
  while (keys > step) {
    int const last = (keys - 1) % step + 1;
    if (!unseen(key + keys - last, last)) break;
    keys -= last;
  }
  while (keys > step && unseen(key, step)) {
    key += step;
    keys -= step;
  }
  if (keys != all)
    (void)looks_at(operands, b, {b.batch, b.head, b.query, b.queries, key, keys}, use);
}

/// One block over the keys [from, to): sums and out are left in m.
template <class Operands>
void attend(attention_extents const& e, Operands const& operands, block_of_queries const& b,
            std::int64_t from, std::int64_t to, attention_memory const& m) {
  using tile = attention_tile;
  int const rows = b.rows();
  for (int i = 0; i < running::rows; ++i) {
    m.sums->largest[i] = -std::numeric_limits<float>::infinity();
    m.sums->sum[i] = 0;
  }
  for (std::int64_t i = 0; i < rows * m.out_stride; ++i) m.out[i] = 0;
  for (int h = 0; h < b.heads; ++h)
    operands.queries(b.batch, b.head + h, b.query, b.queries, m.queries + h * b.queries * e.width);
  for (std::int64_t next = from; next < to; next += tile::keys) {
    std::int64_t key = next;
    int keys = static_cast<int>(to - key < tile::keys ? to - key : tile::keys);
    score_tile t{b.batch, b.head, b.query, b.queries, key, keys};
    tile_use use[tile::queries];
    if (!looks_at(operands, b, t, use)) continue;
    trim(operands, b, key, keys, use);
    t.key = key;
    t.keys = keys;
    operands.keys(b.batch, b.kv_head, key, keys, m.rows, m.keys);
    int const vectors = (keys + tile::lanes - 1) / tile::lanes;
    multiply<false>(m.queries, e.width, m.keys, tile::keys, e.width, m.scores, tile::keys, nullptr,
                    rows, vectors);
    for (int h = 0; h < b.heads; ++h, ++t.head) {
      float* const scores = m.scores + std::int64_t{h} * b.queries * tile::keys;
      if (use[h] == tile_use::skip) {
        for (std::int64_t i = 0; i < b.queries * tile::keys; ++i)
          scores[i] = -std::numeric_limits<float>::infinity();
      } else {
        operands.apply(t, use[h], scores, std::int64_t{tile::keys});
      }
    }
    softmax_step(m.scores, rows, keys, *m.sums);
    if constexpr (requires { operands.weigh(t, m.scores, std::int64_t{tile::keys}); }) {
      t.head = b.head;
      for (int h = 0; h < b.heads; ++h, ++t.head)
        operands.weigh(t, m.scores + std::int64_t{h} * b.queries * tile::keys,
                       std::int64_t{tile::keys});
    }
    value_rows const v = operands.values(b.batch, b.kv_head, key, keys, m.rows, m.out_stride);
    multiply<true>(m.scores, tile::keys, v.data, v.stride, keys, m.out, m.out_stride,
                   m.sums->factor, rows, static_cast<int>(m.out_stride / tile::lanes));
  }
}

/// Two parts of the keys into one: `into` and what is in m.
inline void join_part(attention_memory const& m, int rows, float* largest, float* sum, float* out) {
  constexpr float nothing = -std::numeric_limits<float>::infinity();
  for (int i = 0; i < rows; ++i) {
    float const theirs = m.sums->largest[i];
    float const most = theirs > largest[i] ? theirs : largest[i];
    float const base = most == nothing ? 0.0F : most;
    float const a = arch::get(arch::exp(attention_tile::pack(largest[i] - base)), 0);
    float const b = arch::get(arch::exp(attention_tile::pack(theirs - base)), 0);
    largest[i] = most;
    sum[i] = sum[i] * a + m.sums->sum[i] * b;
    float* const to = out + i * m.out_stride;
    float const* const from = m.out + i * m.out_stride;
    for (std::int64_t d = 0; d < m.out_stride; ++d) to[d] = to[d] * a + from[d] * b;
  }
}

/// out / sum, and log(sum) + largest; rows without a key are 0 and -inf. A sink is one more key, whose
/// value is 0.
template <class Operands>
void finish_block(Operands const& operands, block_of_queries const& b, attention_memory const& m,
                  float const* largest, float const* sum, float* out) {
  constexpr float nothing = -std::numeric_limits<float>::infinity();
  using pack = attention_tile::pack;
  float logarithm[attention_tile::queries];
  for (int h = 0; h < b.heads; ++h) {
    for (int q = 0; q < b.queries; ++q) {
      int const i = h * b.queries + q;
      float total = sum[i];
      float scale = 1;
      float most = largest[i];
      if constexpr (requires { operands.sink(std::int64_t{}); }) {
        float const sink = operands.sink(b.head + h);
        most = sink > most ? sink : most;
        float const base = most == nothing ? 0.0F : most;
        scale = arch::get(arch::exp(pack(largest[i] - base)), 0);
        total = total * scale + arch::get(arch::exp(pack(sink - base)), 0);
      }
      float const factor = total == 0 ? 0.0F : scale / total;
      float* const row = out + i * m.out_stride;
      for (std::int64_t d = 0; d < m.out_stride; ++d) row[d] *= factor;
      logarithm[q] = total == 0 ? nothing : most + arch::get(arch::log(pack(total)), 0);
    }
    operands.result(b.batch, b.head + h, b.query, b.queries, out + h * b.queries * m.out_stride,
                    m.out_stride, logarithm);
  }
}

}  // namespace detail

/// attention(extents, operands, threads). Operands has
///   queries(batch, head, first, count, to)      rows of q as f32 [count, width], times the scale
///   keys(batch, kv_head, first, count, scratch, to)       detail::pack_keys of those rows of k; scratch has
///                                               room for them
///   values(batch, kv_head, first, count, scratch, stride) -> value_rows
///   use(tile) -> tile_use, apply(tile, use, scores, stride)       the score expression, in place
///   result(batch, head, first, count, out, stride, logarithms)    rows of the result as f32
/// and may have weigh(tile, weights, stride), of exp(score - largest), and sink(head) -> score.
///
/// @cost    2 queries keys (width + value_width) flops a head, less the tiles that are skipped; of scratch,
///          a few tiles a thread
template <class Operands>
void attention(attention_extents const& e, Operands const& operands, int threads) {
  using namespace detail;
  if (e.batch * e.heads * e.queries < 1) return;
  attention_plan const p{e};
  constexpr double serial_flops = 2e5;
  double const flops = 2.0 * double(e.batch) * double(e.heads) * double(e.queries) *
                       double(e.keys) * double(e.width + e.value_width);
  if (flops < serial_flops) threads = 1;
  if (p.parts == 1) {
    share_work(threads, p.blocks(), 1, [&](work_queue& queue) {
      workspace memory;
      attention_memory const m{memory, e};
      work_range range;
      while (queue.take(range)) {
        block_of_queries const b = block_number(p, range.begin);
        attend(e, operands, b, 0, e.keys, m);
        finish_block(operands, b, m, m.sums->largest, m.sums->sum, m.out);
      }
    });
    return;
  }
  workspace shared;
  std::int64_t const stride =
      (e.value_width + attention_tile::lanes - 1) / attention_tile::lanes * attention_tile::lanes;
  std::int64_t const part_floats = attention_tile::queries * (stride + 2);
  auto* const all = static_cast<float*>(
      shared.take(workspace::attention_parts,
                  p.blocks() * p.parts * part_floats * std::int64_t{sizeof(float)}));
  share_work(threads, p.blocks() * p.parts, 1, [&](work_queue& queue) {
    workspace memory;
    attention_memory const m{memory, e};
    work_range range;
    while (queue.take(range)) {
      block_of_queries const b = block_number(p, range.begin / p.parts);
      std::int64_t const from = range.begin % p.parts * p.keys_of_part;
      std::int64_t const to = from + p.keys_of_part < e.keys ? from + p.keys_of_part : e.keys;
      attend(e, operands, b, from, to, m);
      float* const part = all + range.begin * part_floats;
      for (int i = 0; i < attention_tile::queries; ++i) {
        part[i] = m.sums->largest[i];
        part[attention_tile::queries + i] = m.sums->sum[i];
      }
      for (std::int64_t i = 0; i < b.rows() * stride; ++i)
        part[2 * attention_tile::queries + i] = m.out[i];
    }
  });
  attention_memory const m{shared, e};
  for (std::int64_t n = 0; n < p.blocks(); ++n) {
    block_of_queries const b = block_number(p, n);
    float* const first = all + n * p.parts * part_floats;
    for (std::int64_t part = 1; part < p.parts; ++part) {
      float const* const next = first + part * part_floats;
      for (int i = 0; i < attention_tile::queries; ++i) {
        m.sums->largest[i] = next[i];
        m.sums->sum[i] = next[attention_tile::queries + i];
      }
      for (std::int64_t i = 0; i < b.rows() * stride; ++i)
        m.out[i] = next[2 * attention_tile::queries + i];
      join_part(m, b.rows(), first, first + attention_tile::queries,
                first + 2 * attention_tile::queries);
    }
    finish_block(operands, b, m, first, first + attention_tile::queries,
                 first + 2 * attention_tile::queries);
  }
}

}  // namespace deepseek::loop
