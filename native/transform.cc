#include "transform.h"

#include <algorithm>
#include <memory>
#include <vector>

#include "arguments.h"
#include "base.h"

namespace fixed_classifier {
namespace {

// Rows of at least this length are shared among threads.
constexpr size_t kLongRow = size_t{1} << 16;

// The functions of one element type.
template <class T>
struct TypedKernels {
  void (*fwht)(T* x, size_t row_length, size_t rows, T factor);
  void (*columns)(T* x, size_t row_length, size_t from, size_t to);
  void (*base)(const Base& base, T* x, size_t stride);
};

// One row by several threads: its first stages by columns, then the blocks that are left. Columns are taken
// in pieces of 16 times a power of two, enough of them that no thread waits long for the last.
template <class T>
void transform_long_row(const Engine& engine, const TypedKernels<T>& kernels, T* x, size_t n, T factor) {
  const size_t block = n / 8;
  const size_t piece = block / 16;
  run_parallel(engine.threads, block / piece,
               [&](size_t task, int) { kernels.columns(x, n, task * piece, (task + 1) * piece); });
  run_parallel(engine.threads, 8,
               [&](size_t task, int) { kernels.fwht(x + task * block, block, 1, factor); });
}

template <class T>
void transform(const Engine& engine, const TypedKernels<T>& kernels, T* x, size_t n, size_t rows, T factor) {
  const double additions = static_cast<double>(n) * rows * __builtin_ctzll(n);
  const int threads = engine.threads_for(additions);
  if (threads == 1) return kernels.fwht(x, n, rows, factor);
  const size_t tasks = std::min<size_t>(rows, 8 * threads);
  if (tasks < static_cast<size_t>(threads) && n >= kLongRow) {
    for (size_t r = 0; r < rows; r++) transform_long_row(engine, kernels, x + r * n, n, factor);
    return;
  }
  run_parallel(threads, tasks, [&](size_t task, int) {
    const size_t first = rows * task / tasks;
    const size_t end = rows * (task + 1) / tasks;
    kernels.fwht(x + first * n, n, end - first, factor);
  });
}

// Rows of b · stride elements.
template <class T>
void transform_with_base(const Engine& engine, const TypedKernels<T>& kernels, const Base& base, T* x,
                         size_t n, size_t rows, T factor) {
  const size_t stride = n / base.order;
  const double additions = static_cast<double>(n) * rows * (base.order / 4 + __builtin_ctzll(stride));
  run_parallel(engine.threads_for(additions), rows, [&](size_t r, int) {
    kernels.base(base, x + r * n, stride);
    kernels.fwht(x + r * n, stride, base.order, factor);
  });
}

// Rounds down, as the shift of a power of two does.
void divide(int32_t* x, size_t length, int32_t divisor) {
  for (size_t i = 0; i < length; i++) x[i] = x[i] / divisor - (x[i] % divisor < 0);
}

// A matrix B that outlives the call that made it.
struct HeldBase {
  std::vector<uint16_t> terms;
  Base base;
};

using SharedBase = std::shared_ptr<const HeldBase>;

// A transform of one array.
struct Plan {
  Engine engine;
  napi_typedarray_type type = napi_uint8_array;
  void* data = nullptr;
  size_t row_length = 0;
  size_t rows = 0;
  double factor = 1;
  SharedBase base;

  void run() const {
    if (base) return run_with_base();
    const Kernels& k = *engine.kernels;
    switch (type) {
      case napi_float32_array:
        return transform<float>(engine, {k.fwht_f32, k.columns_f32, k.base_f32}, static_cast<float*>(data),
                                row_length, rows, static_cast<float>(factor));
      case napi_float64_array:
        return transform<double>(engine, {k.fwht_f64, k.columns_f64, k.base_f64}, static_cast<double*>(data),
                                 row_length, rows, factor);
      default:
        return transform<int32_t>(engine, {k.fwht_i32, k.columns_i32, k.base_i32},
                                  static_cast<int32_t*>(data), row_length, rows,
                                  factor == 1 ? 0 : __builtin_ctzll(row_length));
    }
  }

 private:
  void run_with_base() const {
    const Kernels& k = *engine.kernels;
    const Base& b = base->base;
    switch (type) {
      case napi_float32_array:
        return transform_with_base<float>(engine, {k.fwht_f32, k.columns_f32, k.base_f32}, b,
                                          static_cast<float*>(data), row_length, rows,
                                          static_cast<float>(factor));
      case napi_float64_array:
        return transform_with_base<double>(engine, {k.fwht_f64, k.columns_f64, k.base_f64}, b,
                                           static_cast<double*>(data), row_length, rows, factor);
      default: {
        auto* x = static_cast<int32_t*>(data);
        transform_with_base<int32_t>(engine, {k.fwht_i32, k.columns_i32, k.base_i32}, b, x, row_length, rows,
                                     0);
        if (factor != 1) divide(x, row_length * rows, static_cast<int32_t>(row_length));
      }
    }
  }
};

// An array alone is one row: every further argument costs as much as a short transform.
bool read_plan(Arguments& arguments, Plan& plan) {
  const size_t length = arguments.any_array(plan.type, plan.data);
  plan.row_length = length;
  size_t power = length;
  if (arguments.count() > 1) {
    plan.row_length = power = arguments.size();
    plan.factor = arguments.number();
    if (const auto* base = arguments.optional_external<SharedBase>()) {
      plan.base = *base;
      const size_t order = plan.base->base.order;
      power = power % order == 0 ? power / order : 0;
    }
  }
  const bool possible = power > 0 && (power & (power - 1)) == 0;
  const bool type_fits =
      plan.type == napi_float32_array || plan.type == napi_float64_array || plan.type == napi_int32_array;
  if (!arguments.check(possible && type_fits && length % plan.row_length == 0)) return false;
  plan.rows = length / plan.row_length;
  return true;
}

napi_value fwht(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  Plan plan{arguments.data<Engine>(), napi_uint8_array, nullptr, 0, 0, 1, nullptr};
  if (read_plan(arguments, plan)) plan.run();
  return nullptr;
}

// An object that stands for a matrix B in the calls of `fwht` and `plan`.
napi_value make_base(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const size_t order = arguments.size();
  const Array<uint32_t> signs = arguments.array<uint32_t>();
  if (!arguments.check(true)) return nullptr;
  auto held = std::make_shared<HeldBase>();
  held->terms = base_terms(order, signs);
  held->base = {order, held->terms.data()};
  if (!arguments.check(!held->terms.empty())) return nullptr;
  return make_external<SharedBase>(env, held);
}

// Keeps the array alive as long as the plan.
struct Held {
  Plan plan;
  Napi::Reference<Napi::Value> array;
};

napi_value plan(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  Held held{{arguments.data<Engine>(), napi_uint8_array, nullptr, 0, 0, 1, nullptr}, {}};
  if (!read_plan(arguments, held.plan)) return nullptr;
  Arguments again(env, info);
  held.array = Napi::Reference<Napi::Value>::New(Napi::Value(env, again.value()), 1);
  return make_external(env, std::move(held));
}

}  // namespace

napi_value run_plan(napi_env env, napi_callback_info info) {
  napi_value plan;
  size_t count = 1;
  napi_get_cb_info(env, info, &count, &plan, nullptr, nullptr);
  const Held* held = external_of<Held>(env, plan);
  if (held == nullptr) return throw_misfit(env);
  held->plan.run();
  return nullptr;
}

void add_transform(Napi::Object object, const Engine& engine) {
  const Napi::Env env = object.Env();
  object.Set("fwht", Napi::Value(env, make_function(env, "fwht", fwht, engine)));
  object.Set("base", Napi::Value(env, make_function(env, "base", make_base, engine)));
  object.Set("plan", Napi::Value(env, make_function(env, "plan", plan, engine)));
}

}  // namespace fixed_classifier
