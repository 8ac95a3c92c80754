// SPDX-License-Identifier: Apache-2.0
/// @file Cursors of the results of a program.
#pragma once
#include <deepseek/arch/gpu/global.hpp>
#include <deepseek/loop/row_extents.hpp>
#include <deepseek/plan/detail/place.hpp>
#include <deepseek/plan/gpu/detail/cursor.hpp>
#include <deepseek/plan/gpu/detail/cursor_reduce.hpp>  // holds
#include <deepseek/tile/unrolled.hpp>

namespace deepseek::plan::gpu {

/// store_cursor<T, S>: where a result goes.
template <class T, class S> struct store_cursor {
  T* base;
  address<S> place = {};
};

/// output_cursor<S, Value, T>: one result: its value and where it goes.
template <class S, class Value, class T> struct output_cursor {
  Value value;
  store_cursor<T, S> target;
  loop::row_extents<S> extents;
  std::int64_t target_extent[S::axes == 0 ? 1 : S::axes] = {};

  /// The result has elements at this position of the axes, lanes left out. Where it has one element along an
  /// axis of several, its step is 0.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool holds(std::int64_t const* at) const {
    bool here = gpu::holds(extents, at);
    for (int axis = 0; axis < S::axes; ++axis)
      if (!S::in_row(axis) && axis != S::lane_axis)
        here = here && (target.place.stride[axis] != 0 || at[axis] == 0);
    return here;
  }
  /// Elements of the result along the lane axis, which has `all`.
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::int64_t lanes(std::int64_t all) const {
    if constexpr (S::lane_axis < 0) return 1;
    else if constexpr (S::lanes_reduced) return extents.of[S::lane_axis];
    else return target.place.lane_stride() == 0 ? 1 : all;
  }
};

/// outputs_cursor<S, Outputs...>: the root: all results of a program.
template <class S, class... Outputs> struct outputs_cursor {
  using value_type = void;
  arguments<Outputs...> output;

  template <int I>
  using value_at = decltype(std::remove_cvref_t<decltype(get<I>(
                                std::declval<arguments<Outputs...>&>()))>::value);
  static constexpr int level = largest({0, decltype(Outputs::value)::level...});
  static constexpr bool row_invariant = false;
  static constexpr int scan_bytes = largest({0, decltype(Outputs::value)::scan_bytes...});
  template <unsigned>
  static constexpr int kept_bytes =
      (0 + ... + decltype(Outputs::value)::template kept_bytes<kernel::of_pass(level + 1)>);
  template <int Pass>
  static constexpr bool accumulates = (decltype(Outputs::value)::template accumulates<Pass> || ...);
  template <class Id>
  static constexpr bool load_reads = (decltype(Outputs::value)::template load_reads<Id> || ...);
  template <int Pass, class Id>
  static constexpr bool step_reads = (decltype(Outputs::value)::template step_reads<Pass, Id> ||
                                      ...);
  template <int Pass>
  using accs = acc_list<typename decltype(Outputs::value)::template acc<Pass>...>;
  template <int Pass> using acc = typename accs<Pass>::type;
  /// output_state: of a result's value, and whether the result has the position where the thread is.
  template <class Value> struct output_state {
    Value value;
    bool exists = false;
  };
  template <class Held>
  using state = arguments<output_state<typename decltype(Outputs::value)::template state<Held>>...>;

  /// target<T, Held>: the row of a result, and the elements of it that a thread is about to write.
  template <class T, class Held> struct target {
    static constexpr bool tails = Held::tails;
    static constexpr arch::gpu::reuse reuse = [] {
      if constexpr (requires { Held::reuse; }) return Held::reuse;
      else return arch::gpu::reuse::usual;
    }();
    T* row;
    bool active = false;  ///< the row has elements of this result
    T element[Held::elements];
  };
  template <class Held>
  using targets = arguments<
      target<std::remove_pointer_t<decltype(std::declval<Outputs&>().target.base)>, Held>...>;

  template <class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void seek(State& s, std::int64_t const* at) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      get<I>(s).exists = holds<I>(at);
      get<I>(output).value.seek(get<I>(s).value, at);
    });
  }
  template <int Width, int Pass = 1, class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void fetch(State& s, int slot, std::int64_t lane,
                                                  kernel::lane_range to) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      get<I>(output).value.template fetch<Width, Pass>(
          get<I>(s).value, slot, lane,
          get<I>(s).exists ? kernel::lane_range{lanes<I>(to.all), to.all} : to.none());
    });
  }
  template <unsigned, int Before, class State, class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_read(State& s, kernel::lane_range to,
                                                      F const& f) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      constexpr int before = Before + kept_before<I>();
      get<I>(output).value.template each_read<kernel::of_pass(level + 1), before>(
          get<I>(s).value,
          get<I>(s).exists ? kernel::lane_range{lanes<I>(to.all), to.all} : to.none(), f);
    });
  }
  template <class F> void visit(F&& f) {
    apply([&](auto&... o) { (f(o), ...); }, output);
    apply([&](auto&... o) { (o.value.visit(f), ...); }, output);
  }
  template <int Pass, class State, class Envs, class Piece>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scans_of_load(State& s, Envs const& envs,
                                                          Piece& piece) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      if constexpr (value_at<I>::scan_bytes != 0)
        get<I>(output).value.template scans_of_load<Pass>(get<I>(s).value, envs, piece);
    });
  }
  template <int Pass, class State, class Envs, class Piece>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void scans_of_step(State& s, Envs const& envs,
                                                          Piece& piece) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      if constexpr (value_at<I>::scan_bytes != 0 && value_at<I>::template accumulates<Pass>)
        get<I>(output).value.template scans_of_step<Pass>(get<I>(s).value, envs, piece);
    });
  }
  template <int Pass> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE acc<Pass> start() {
    acc<Pass> a{};
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      if constexpr (value_at<I>::template accumulates<Pass>)
        accs<Pass>::template of<I>(a) = value_at<I>::template start<Pass>();
    });
    return a;
  }
  template <int Pass, class State, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void step(acc<Pass>& a, State& s, Env const& env,
                                                 element at) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      if constexpr (value_at<I>::template accumulates<Pass>)
        get<I>(output).value.template step<Pass>(accs<Pass>::template of<I>(a), get<I>(s).value,
                                                 env, at);
    });
  }
  template <int Pass>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void join(acc<Pass>& a, acc<Pass> const& b) {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      if constexpr (value_at<I>::template accumulates<Pass>)
        value_at<I>::template join<Pass>(accs<Pass>::template of<I>(a),
                                         accs<Pass>::template of<I>(b));
    });
  }
  template <int Pass, class State>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void finish(State& s, acc<Pass> const& a,
                                                   int slot = 0) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      if constexpr (value_at<I>::template accumulates<Pass>)
        get<I>(output).value.template finish<Pass>(get<I>(s).value, accs<Pass>::template of<I>(a),
                                                   slot);
    });
  }
  template <class Targets>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void seek_targets(Targets& t, std::int64_t const* at) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      auto const& to = get<I>(output);
      get<I>(t).row = to.target.base + to.target.place.offset(at);
      get<I>(t).active = holds<I>(at);
    });
  }
  /// each_write(targets, f): f(where it goes, its target) for each result.
  template <class Targets, class F>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each_write(Targets& t, F const& f) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA { f(get<I>(output).target, get<I>(t)); });
  }
  /// compute<Pass>(…, element): the results' values there, in registers.
  template <int Pass, class State, class Targets, class Env>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void compute(State& s, Targets& t, Env const& env,
                                                    element at) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      using T = std::remove_cvref_t<decltype(get<I>(t).element[0])>;
      get<I>(t).element[at.slot] =
          as_type<T>(get<I>(output).value.template load<Pass>(get<I>(s).value, env, at));
    });
  }
  /// write<Width>(…): Width of them from `lane` on, those before `end`, to memory.
  template <int Width, class Targets>
  DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write(Targets const& t, int slot, std::int64_t lane,
                                                  std::int64_t end) const {
    each([&]<int I>() DEEPSEEK_INLINE_LAMBDA {
      auto const& to = get<I>(output);
      if (get<I>(t).active)
        write_to<Width>(get<I>(t), slot, lane, lanes<I>(end), to.target.place.lane_stride());
    });
  }

 private:
  /// A result alone has what the loops have: along axes that are not reduced they are its own.
  template <int I>
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE bool holds(std::int64_t const* at) const {
    if constexpr (sizeof...(Outputs) == 1) return gpu::holds(get<I>(output).extents, at);
    else return get<I>(output).holds(at);
  }
  template <int I>
  [[nodiscard]] DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE std::int64_t lanes(std::int64_t all) const {
    if constexpr (sizeof...(Outputs) == 1 && S::lane_axis >= 0 && !S::lanes_reduced) return all;
    else return get<I>(output).lanes(all);
  }
  template <int I> static DEEPSEEK_HOST_DEVICE constexpr int kept_before() {
    constexpr int bytes[] = {
        decltype(Outputs::value)::template kept_bytes<kernel::of_pass(level + 1)>..., 0};
    int before = 0;
    for (int i = 0; i < I; ++i) before += bytes[i];
    return before;
  }
  template <int Width, class Target>
  static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void write_to(Target const& t, int slot,
                                                            std::int64_t lane, std::int64_t end,
                                                            std::int64_t stride) {
    using T = std::remove_cvref_t<decltype(t.element[0])>;
    constexpr int part = Width * int(sizeof(T)) <= 16 ? Width : 16 / int(sizeof(T));
    kernel::lane_range const to{end, end};
    if constexpr (Width > 1) {
      if (stride == 1 && to.has(lane, Width)) {
        using piece = arch::gpu::vec<T, part>;
        tile::unrolled<Width / part>([&](auto p) DEEPSEEK_INLINE_LAMBDA {
          piece all;
          tile::unrolled<part>(
              [&](auto i) DEEPSEEK_INLINE_LAMBDA { all[i] = t.element[slot + p * part + i]; });
          arch::gpu::store<Target::reuse>(reinterpret_cast<piece*>(t.row + lane + p * part), all);
        });
        return;
      }
      // A result of one value along the lanes has an end of 1.
      if constexpr (!Target::tails) {
        if (lane < end && end == 1) arch::gpu::store(t.row, t.element[slot]);
        return;
      }
    }
    tile::unrolled<Width>([&](auto i) DEEPSEEK_INLINE_LAMBDA {
      if (to.has(lane + i)) arch::gpu::store(t.row + (lane + i) * stride, t.element[slot + i]);
    });
  }
  DEEPSEEK_ANY_SIDE
  template <class F> static DEEPSEEK_HOST_DEVICE DEEPSEEK_INLINE void each(F&& f) {
    [&]<int... I>(std::integer_sequence<int, I...>) DEEPSEEK_INLINE_LAMBDA {
      (f.template operator()<I>(), ...);
    }
    (std::make_integer_sequence<int, sizeof...(Outputs)>{});
  }
};

}  // namespace deepseek::plan::gpu
