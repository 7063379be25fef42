#include "transform.h"

#include <algorithm>

#include "arguments.h"

namespace fixed_classifier {
namespace {

// Rows of at least this length are shared among threads.
constexpr size_t kLongRow = size_t{1} << 16;

// The functions of one element type.
template <class T>
struct TypedKernels {
  void (*fwht)(T* x, size_t row_length, size_t rows, T factor);
  void (*columns)(T* x, size_t row_length, size_t from, size_t to);
};

// One row by several threads: its first stages by columns, then the blocks that are left. Columns are taken
// in pieces of 16 times a power of two, enough of them that no thread waits long for the last.
template <class T>
void transform_row(const Engine& engine, const TypedKernels<T>& kernels, T* x, size_t n, T factor) {
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
    for (size_t r = 0; r < rows; r++) transform_row(engine, kernels, x + r * n, n, factor);
    return;
  }
  run_parallel(threads, tasks, [&](size_t task, int) {
    const size_t first = rows * task / tasks;
    const size_t end = rows * (task + 1) / tasks;
    kernels.fwht(x + first * n, n, end - first, factor);
  });
}

// A transform of one array.
struct Plan {
  Engine engine;
  napi_typedarray_type type = napi_uint8_array;
  void* data = nullptr;
  size_t row_length = 0;
  size_t rows = 0;
  double factor = 1;

  void run() const {
    const Kernels& k = *engine.kernels;
    switch (type) {
      case napi_float32_array:
        return transform<float>(engine, {k.fwht_f32, k.columns_f32}, static_cast<float*>(data), row_length,
                                rows, static_cast<float>(factor));
      case napi_float64_array:
        return transform<double>(engine, {k.fwht_f64, k.columns_f64}, static_cast<double*>(data), row_length,
                                 rows, factor);
      default:
        return transform<int32_t>(engine, {k.fwht_i32, k.columns_i32}, static_cast<int32_t*>(data),
                                  row_length, rows, factor == 1 ? 0 : __builtin_ctzll(row_length));
    }
  }
};

template <class T>
size_t take(Arguments& arguments, Plan& plan) {
  const Array<T> x = arguments.array<T>();
  plan.data = x.data;
  return x.length;
}

bool read_plan(Arguments& arguments, Plan& plan) {
  plan.type = arguments.type_of_next();
  size_t length;
  switch (plan.type) {
    case napi_float64_array:
      length = take<double>(arguments, plan);
      break;
    case napi_int32_array:
      length = take<int32_t>(arguments, plan);
      break;
    default:
      length = take<float>(arguments, plan);
  }
  plan.row_length = arguments.size();
  plan.factor = arguments.number();
  const bool power_of_two = plan.row_length > 0 && (plan.row_length & (plan.row_length - 1)) == 0;
  if (!arguments.check(power_of_two && length % plan.row_length == 0)) return false;
  plan.rows = length / plan.row_length;
  return true;
}

napi_value fwht(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  Plan plan{arguments.data<Engine>()};
  if (read_plan(arguments, plan)) plan.run();
  return nullptr;
}

// Keeps the array alive as long as the function that transforms it.
struct Held {
  Plan plan;
  Napi::Reference<Napi::Value> array;
};

napi_value run_held(napi_env env, napi_callback_info info) {
  void* data;
  napi_get_cb_info(env, info, nullptr, nullptr, nullptr, &data);
  static_cast<Held*>(data)->plan.run();
  return nullptr;
}

napi_value plan(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  Held held{{arguments.data<Engine>()}, {}};
  Arguments again(env, info);
  held.array = Napi::Reference<Napi::Value>::New(Napi::Value(env, again.value()), 1);
  if (!read_plan(arguments, held.plan)) return nullptr;
  return make_function(env, "transform", run_held, std::move(held));
}

}  // namespace

void add_transform(Napi::Object object, const Engine& engine) {
  const Napi::Env env = object.Env();
  object.Set("fwht", Napi::Value(env, make_function(env, "fwht", fwht, engine)));
  object.Set("plan", Napi::Value(env, make_function(env, "plan", plan, engine)));
}

}  // namespace fixed_classifier
