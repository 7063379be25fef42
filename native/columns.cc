#include "columns.h"

#include <algorithm>

#include "arguments.h"
#include "factor.h"
#include "typed_kernels.h"

namespace fixed_classifier {
namespace {

constexpr size_t kColumnsArity = 5;

// The columns that are transformed: blocks of `length` rows of `inner` elements.
struct Columns {
  size_t length;
  size_t inner;
  size_t blocks;
  const KroneckerFactor* factor;  // null: the length is a power of two

  size_t block() const { return length * inner; }
  double additions() const {
    const size_t order = factor ? factor->order : 1;
    const size_t stages = (factor ? order / kFactorGroup : 0) + __builtin_ctzll(length / order);
    return static_cast<double>(block()) * blocks * stages;
  }
};

// Calls work(from, to) for ranges that cover [0, count), on several threads. They start at multiples of a
// cache line's elements, as the array does if it is aligned.
template <class Work>
void run_ranges(int threads, size_t count, const Work& work) {
  constexpr size_t kStep = 16;
  const size_t steps = (count + kStep - 1) / kStep;
  const size_t tasks = std::min<size_t>(steps, 8 * threads);
  run_parallel(threads, tasks, [&](size_t task, int) {
    work(steps * task / tasks * kStep, std::min(count, steps * (task + 1) / tasks * kStep));
  });
}

template <class T, class Multiplier>
void transform_blocks(const TypedKernels<T>& kernels, const Columns& columns, T* x, size_t blocks,
                      Multiplier multiplier) {
  const auto& [length, inner, all, factor] = columns;
  if (!factor) return kernels.transform_columns(x, length, inner, blocks, multiplier);
  const size_t stride = columns.block() / factor->order;
  for (size_t b = 0; b < blocks; b++) {
    T* block = x + b * columns.block();
    kernels.factor_columns(*factor, block, stride, 0, stride);
    kernels.transform_columns(block, length / factor->order, inner, factor->order, multiplier);
  }
}

// Transforms one block by several threads: its first stages by ranges of its columns, then the parts that are
// left.
template <class T, class Multiplier>
void transform_large_block(int threads, const TypedKernels<T>& kernels, const Columns& columns, T* x,
                           Multiplier multiplier) {
  constexpr size_t kEighths = 8;
  const auto& [length, inner, blocks, factor] = columns;
  if (!factor && length < kEighths) return kernels.transform_columns(x, length, inner, 1, multiplier);
  const size_t parts = factor ? factor->order : kEighths;
  const size_t part = columns.block() / parts;
  run_ranges(threads, part, [&](size_t from, size_t to) {
    if (factor) {
      kernels.factor_columns(*factor, x, part, from, to);
    } else {
      kernels.columns(x, columns.block(), from, to);
    }
  });
  run_parallel(threads, parts, [&](size_t task, int) {
    kernels.transform_columns(x + task * part, columns.length / parts, columns.inner, 1, multiplier);
  });
}

template <class T, class Multiplier>
void transform(const Executor& executor, const TypedKernels<T>& kernels, const Columns& columns, T* x,
               Multiplier multiplier) {
  const int threads = executor.threads_for(columns.additions());
  if (threads == 1) return transform_blocks(kernels, columns, x, columns.blocks, multiplier);
  if (columns.blocks < static_cast<size_t>(threads)) {
    for (size_t b = 0; b < columns.blocks; b++) {
      transform_large_block(threads, kernels, columns, x + b * columns.block(), multiplier);
    }
    return;
  }
  const size_t tasks = std::min<size_t>(columns.blocks, 8 * threads);
  run_parallel(threads, tasks, [&](size_t task, int) {
    const size_t first = columns.blocks * task / tasks;
    const size_t end = columns.blocks * (task + 1) / tasks;
    transform_blocks(kernels, columns, x + first * columns.block(), end - first, multiplier);
  });
}

// A transform of one array.
struct Call {
  Executor executor;
  napi_typedarray_type type = napi_uint8_array;
  void* data = nullptr;
  double multiplier = 1;
  Columns columns{};

  void run() const {
    transform_typed(executor, type, data, columns.block() * columns.blocks, multiplier,
                    [&](const auto& kernels, auto* x, auto typed_multiplier) {
                      transform(executor, kernels, columns, x, typed_multiplier);
                    });
  }
};

// Reads (x, length, inner, multiplier, factor).
bool read_call(Arguments& arguments, Call& call) {
  const size_t elements = arguments.any_array(call.type, call.data);
  const size_t length = arguments.size();
  const size_t inner = arguments.size();
  call.multiplier = arguments.number();
  const auto* factor = arguments.optional_record<KroneckerFactor>();
  const size_t power = factor == nullptr ? length : power_of(length, *factor);
  // Neither is larger than the array, so that their product has no overflow.
  const bool possible = power > 0 && (power & (power - 1)) == 0 && inner > 0 && length <= elements &&
                        inner <= elements / length && elements % (length * inner) == 0;
  if (!arguments.check(possible && is_transformed(call.type))) return false;
  call.columns = {length, inner, elements / (length * inner), factor};
  return true;
}

napi_value columns(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, kColumnsArity);
  Call call{arguments.data<Executor>()};
  if (read_call(arguments, call)) call.run();
  return nullptr;
}

napi_value plan_columns(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info, kColumnsArity);
  Call call{arguments.data<Executor>()};
  if (!read_call(arguments, call)) return nullptr;
  const napi_value record = make_record(env, call).object;
  if (record != nullptr) keep_alive(env, record, {arguments.value(0), arguments.value(kColumnsArity - 1)});
  return record;
}

constexpr FunctionEntry kFunctions[] = {
    {"columns", kColumnsArity, columns},
    {"planColumns", kColumnsArity, plan_columns},
};

}  // namespace

FunctionEntries columns_functions() { return kFunctions; }

bool run_columns(napi_env env, napi_value plan) {
  const Call* call = plan_of<Call>(env, plan);
  if (call != nullptr) call->run();
  return call != nullptr;
}

void add_columns(napi_env env, napi_value object, const Executor& executor) {
  for (const FunctionEntry& entry : kFunctions) add_function(env, object, entry, executor);
}

}  // namespace fixed_classifier
