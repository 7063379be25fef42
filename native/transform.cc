#include "transform.h"

#include <cstring>
#include <vector>

#include "arguments.h"
#include "columns.h"
#include "factor.h"
#include "paley.h"
#include "typed_kernels.h"

namespace fixed_classifier {
namespace {

// Rows of at least this length are shared among threads.
constexpr size_t kLongRow = size_t{1} << 16;

// Transforms one row by several threads: its first stages by columns, then the eighths that are left. Columns
// are taken in pieces of 16 times a power of two, enough of them that no thread waits long for the last.
template <class T>
void transform_long_row(const Executor& executor, const TypedKernels<T>& kernels, T* x, size_t n,
                        T multiplier) {
  const size_t eighth = n / 8;
  const size_t piece = eighth / 16;
  run_parallel(executor.threads, eighth / piece,
               [&](size_t task, int) { kernels.columns(x, n, task * piece, (task + 1) * piece); });
  run_parallel(executor.threads, 8,
               [&](size_t task, int) { kernels.fwht(x + task * eighth, eighth, 1, multiplier); });
}

template <class T>
void transform(const Executor& executor, const TypedKernels<T>& kernels, T* x, size_t n, size_t rows,
               T multiplier) {
  const int threads = executor.threads_for(n * rows * __builtin_ctzll(n));
  if (threads == 1) return kernels.fwht(x, n, rows, multiplier);
  const size_t tasks = tasks_of(rows, n, threads);
  if (tasks < static_cast<size_t>(threads) && n >= kLongRow) {
    for (size_t r = 0; r < rows; r++) transform_long_row(executor, kernels, x + r * n, n, multiplier);
    return;
  }
  run_parallel(threads, tasks, [&](size_t task, int) {
    const size_t first = rows * task / tasks;
    const size_t end = rows * (task + 1) / tasks;
    kernels.fwht(x + first * n, n, end - first, multiplier);
  });
}

// Transforms rows of b · stride elements.
template <class T>
void transform_with_factor(const Executor& executor, const TypedKernels<T>& kernels,
                           const KroneckerFactor& factor, T* x, size_t n, size_t rows, T multiplier) {
  const size_t stride = n / factor.order;
  const size_t stages = factor.order / kFactorGroup + __builtin_ctzll(stride);
  run_parallel(executor.threads_for(n * rows * stages), rows, [&](size_t r, int) {
    kernels.factor(factor, x + r * n, stride);
    kernels.fwht(x + r * n, stride, factor.order, multiplier);
  });
}

// A transform of one array.
struct Plan {
  Executor executor;
  napi_typedarray_type type = napi_uint8_array;
  void* data = nullptr;
  size_t row_length = 0;
  size_t rows = 0;
  double multiplier = 1;
  const KroneckerFactor* factor = nullptr;
  // The kernel alone, where all else is settled when the plan is made.
  void (*kernel)(float* x, size_t row_length, size_t rows, float multiplier) = nullptr;

  void settle() {
    const bool alone = executor.never_shares(row_length * rows * __builtin_ctzll(row_length));
    if (type == napi_float32_array && factor == nullptr && alone) kernel = executor.kernels->fwht_f32;
  }

  void run() const {
    if (kernel != nullptr)
      return kernel(static_cast<float*>(data), row_length, rows, static_cast<float>(multiplier));
    transform_typed(executor, type, data, row_length * rows, multiplier,
                    [&](const auto& kernels, auto* x, auto typed_multiplier) {
                      if (factor) {
                        transform_with_factor(executor, kernels, *factor, x, row_length, rows,
                                              typed_multiplier);
                      } else {
                        transform(executor, kernels, x, row_length, rows, typed_multiplier);
                      }
                    });
  }
};

// Reads (x, rowLength, multiplier, factor). With only the array given, it is one row and is not multiplied:
// every further argument costs as much as a short transform.
bool read_plan(Arguments& arguments, Plan& plan) {
  const size_t length = arguments.any_array(plan.type, plan.data);
  plan.row_length = length;
  size_t power = length;
  if (arguments.count() > 1) {
    plan.row_length = power = arguments.size();
    plan.multiplier = arguments.number();
    plan.factor = arguments.optional_record<KroneckerFactor>();
    if (plan.factor != nullptr) power = power_of(plan.row_length, *plan.factor);
  }
  const bool possible = power > 0 && (power & (power - 1)) == 0;
  if (!arguments.check(possible && is_transformed(plan.type) && length % plan.row_length == 0)) return false;
  plan.rows = length / plan.row_length;
  return true;
}

constexpr size_t kFwhtArity = 4;

napi_value fwht(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, kFwhtArity);
  Plan plan{arguments.data<Executor>()};
  if (read_plan(arguments, plan)) plan.run();
  return nullptr;
}

// Makes an object that stands for a matrix B in the calls of `fwht` and `plan`.
napi_value make_factor(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const size_t order = arguments.size();
  const TypedArray<uint32_t> signs = arguments.array<uint32_t>();
  if (!arguments.check(true)) return nullptr;
  const std::vector<uint16_t> terms = factor_terms(order, signs);
  if (!arguments.check(!terms.empty())) return nullptr;
  const size_t bytes = terms.size() * sizeof(uint16_t);
  const auto [object, factor, tail] = make_record(env, KroneckerFactor{}, bytes);
  if (factor == nullptr) return nullptr;
  *factor = factor_of(order, static_cast<const uint16_t*>(memcpy(tail, terms.data(), bytes)));
  return object;
}

napi_value make_plan(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, kFwhtArity);
  Plan plan{arguments.data<Executor>()};
  if (!read_plan(arguments, plan)) return nullptr;
  plan.settle();
  const napi_value record = make_record(env, plan).object;
  if (record != nullptr) keep_alive(env, record, {arguments.value(0), arguments.value(kFwhtArity - 1)});
  return record;
}

constexpr size_t kRunArity = 1;

napi_value run(napi_env env, napi_callback_info info) {
  napi_value arguments[kRunArity];
  size_t count = kRunArity;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  const Plan* plan = plan_of<Plan>(env, arguments[0]);
  if (plan != nullptr) {
    plan->run();
  } else if (!run_columns(env, arguments[0])) {
    return throw_misfit(env);
  }
  return nullptr;
}

constexpr FunctionEntry kFunctions[] = {
    {"fwht", kFwhtArity, fwht},
    {"plan", kFwhtArity, make_plan},
    {"factor", 2, make_factor},
};

}  // namespace

const FunctionEntry kRun = {"run", kRunArity, run};
FunctionEntries transform_functions() { return kFunctions; }

void add_transform(napi_env env, napi_value object, const Executor& executor) {
  for (const FunctionEntry& entry : kFunctions) add_function(env, object, entry, executor);
}

void add_run(napi_env env, napi_value object) { add_function(env, object, kRun, nullptr); }

}  // namespace fixed_classifier
