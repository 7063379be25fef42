#include "head.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <vector>

#include "arguments.h"
#include "base.h"

namespace fixed_classifier {
namespace {

constexpr size_t kSegmentFields = 5;  // as in lib/backends/backend.ts

class Scratch {
 public:
  explicit Scratch(size_t bytes)
      : memory_(std::aligned_alloc(kAlignment, (bytes + kAlignment - 1) / kAlignment * kAlignment)) {}
  ~Scratch() { std::free(memory_); }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  void* get() const { return memory_; }

 private:
  static constexpr size_t kAlignment = 64;
  void* memory_;
};

struct HeadData {
  Engine engine;
  Head head{};
  Base base{};
  std::vector<uint16_t> base_terms;
  std::vector<uint32_t> columns;
  std::vector<uint32_t> masks;
  std::vector<Segment> segments;
  std::vector<Block> blocks;
  // One a thread; calls on the JavaScript thread share them.
  std::vector<std::unique_ptr<Scratch>> scratch;

  size_t scratch_bytes() const { return engine.kernels->scratch_bytes(head); }

  // False if there is no memory.
  bool prepare_scratch(int threads) {
    while (scratch.size() < static_cast<size_t>(threads)) {
      auto one_more = std::make_unique<Scratch>(scratch_bytes());
      if (!one_more->get()) return false;
      scratch.push_back(std::move(one_more));
    }
    return true;
  }

  // Additions of a forward pass.
  double work(size_t rows) const {
    const size_t stages = 1 + __builtin_ctzll(head.order) + (head.base ? head.base->order / 4 : 0);
    const size_t row = head.block_count * head.order * stages + head.classes;
    return static_cast<double>(rows) * row;
  }
};

using Shared = std::shared_ptr<HeadData>;

bool is_power_of_two(size_t n) { return n > 0 && (n & (n - 1)) == 0; }

// The matrix B of the order; false if it is not what a kernel expects. `signs` has a row of words for every
// row of B, bit set: −1.
bool read_base(HeadData& data, size_t order, const Array<uint32_t>& signs) {
  if (order == 1) return is_power_of_two(data.head.order);
  data.base_terms = base_terms(order, signs);
  if (data.base_terms.empty() || data.head.order % order != 0 || !is_power_of_two(data.head.order / order))
    return false;
  data.base = {order, data.base_terms.data()};
  data.head.base = &data.base;
  return true;
}

bool read_columns(HeadData& data, const Array<int32_t>& columns) {
  if (!columns.data) return true;
  const auto inside = [&](int32_t column) {
    return column >= 0 && static_cast<size_t>(column) < data.head.order;
  };
  if (columns.length != data.head.features ||
      !std::all_of(columns.data, columns.data + columns.length, inside))
    return false;
  data.columns.assign(columns.data, columns.data + columns.length);
  data.head.columns = data.columns.data();
  return true;
}

// Copies the tables of blocks; false if they would lead a kernel out of its arrays.
bool read_tables(HeadData& data, const Array<uint32_t>& masks, const Array<int32_t>& fields) {
  Head& head = data.head;
  const size_t words = (head.order + 31) / 32;
  if (head.features == 0 || head.features > head.order) return false;
  if (fields.length == 0 || fields.length % kSegmentFields != 0 || masks.length % words != 0) return false;
  const size_t count = fields.length / kSegmentFields;
  data.masks.assign(masks.data, masks.data + masks.length);
  data.segments.reserve(count);
  data.blocks.resize(masks.length / words);
  size_t next_class = 0;
  size_t block_index = 0;
  for (size_t s = 0; s < count; s++) {
    const int32_t* f = fields.data + s * kSegmentFields;
    if (std::any_of(f, f + kSegmentFields, [&](const int32_t& v) { return v < 0 && &v != f + 2; }))
      return false;
    const size_t index = static_cast<size_t>(f[0]);
    const Segment segment{static_cast<size_t>(f[1]), f[2] < 0, static_cast<size_t>(f[3]),
                          static_cast<size_t>(f[4])};
    if (index < block_index || index > block_index + 1 || index >= data.blocks.size()) return false;
    if (s == 0 && index != 0) return false;
    if (segment.first != next_class || segment.row + segment.count > head.order) return false;
    next_class += segment.count;
    block_index = index;
    data.segments.push_back(segment);
    Block& block = data.blocks[index];
    if (block.segment_count == 0) block.segments = &data.segments.back();
    block.segment_count++;
    block.rows = std::max(block.rows, segment.row + segment.count);
  }
  if (next_class != head.classes || block_index + 1 != data.blocks.size()) return false;
  for (size_t b = 0; b < data.blocks.size(); b++) {
    const uint32_t* mask = data.masks.data() + b * words;
    if (std::any_of(mask, mask + words, [](uint32_t word) { return word != 0; })) data.blocks[b].mask = mask;
  }
  head.blocks = data.blocks.data();
  head.block_count = data.blocks.size();
  head.segment_count = count;
  return true;
}

// Calls step(first row, rows, scratch memory) for every chunk, on several threads where there is enough to
// do.
template <class Step>
void for_chunks(napi_env env, HeadData& data, size_t rows, const Step& step) {
  const size_t chunks = (rows + kChunkRows - 1) / kChunkRows;
  const int threads = data.engine.threads_for(data.work(rows));
  if (!data.prepare_scratch(threads)) {
    napi_throw_range_error(env, nullptr, "not enough memory for the work of this head");
    return;
  }
  run_parallel(threads, chunks, [&](size_t chunk, int thread) {
    const size_t r = chunk * kChunkRows;
    step(r, std::min(kChunkRows, rows - r), data.scratch[thread]->get());
  });
}

// The same for gradients: step(first row, rows, scratch memory, bias gradient of the chunk). The chunks' are
// added in their order, whoever finishes first: docs/numerics.md, "Sums over rows".
template <class Step>
void for_gradient_chunks(napi_env env, HeadData& data, size_t rows, const Array<float>& bias,
                         const Step& step) {
  std::fill(bias.data, bias.data + bias.length, 0.0f);
  std::mutex mutex;
  std::condition_variable turn;
  size_t next = 0;
  for_chunks(env, data, rows, [&](size_t r, size_t count, void* scratch) {
    std::vector<float> chunk(bias.length);
    step(r, count, scratch, bias.data ? chunk.data() : nullptr);
    std::unique_lock<std::mutex> lock(mutex);
    turn.wait(lock, [&] { return next == r; });
    for (size_t c = 0; c < chunk.size(); c++) bias.data[c] += chunk[c];
    next = r + count;
    turn.notify_all();
  });
}

// What every function of a head begins with: x, scale, bias.
struct Input {
  HeadData& data;
  const Head& head;
  Array<float> x;
  Parameters parameters{};
  size_t rows;
  bool fits;

  explicit Input(Arguments& arguments) : data(*arguments.data<Shared>()), head(data.head) {
    x = arguments.array<float>();
    parameters.scale = arguments.number();
    const Array<float> bias = arguments.optional_array<float>();
    parameters.bias = bias.data;
    rows = x.length / head.features;
    fits = x.length % head.features == 0 && (!bias.data || bias.length == head.classes);
  }
  const float* row(size_t r) const { return x.data + r * head.features; }
};

struct GradientArrays {
  Array<float> features, scale, bias;

  explicit GradientArrays(Arguments& arguments)
      : features(arguments.array<float>()),
        scale(arguments.array<float>()),
        bias(arguments.optional_array<float>()) {}
  bool fit(const Input& in) const {
    return features.length == in.rows * in.head.features && scale.length == in.rows &&
           (!bias.data || bias.length == in.head.classes);
  }
  Gradients at(const Input& in, size_t r, float* chunk_bias) const {
    return {features.data + r * in.head.features, scale.data + r, chunk_bias};
  }
};

bool are_classes(const Array<int32_t>& values, const Head& head) {
  return std::all_of(values.data, values.data + values.length,
                     [&](int32_t c) { return c >= 0 && static_cast<size_t>(c) < head.classes; });
}

void forward_rows(napi_env env, HeadData& data, const Parameters& parameters, const float* x, size_t rows,
                  float* logits) {
  const Head& head = data.head;
  for_chunks(env, data, rows, [&](size_t r, size_t count, void* scratch) {
    data.engine.kernels->forward(head, parameters, x + r * head.features, count, logits + r * head.classes,
                                 scratch);
  });
}

napi_value forward(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const Input in(arguments);
  const Array<float> logits = arguments.array<float>();
  if (!arguments.check(in.fits && logits.length == in.rows * in.head.classes)) return nullptr;
  forward_rows(env, in.data, in.parameters, in.x.data, in.rows, logits.data);
  return nullptr;
}

// forward of certain arrays, which live as long as this does.
struct BoundForward {
  Shared data;
  const float* x;
  size_t rows;
  const float* bias;
  float* logits;
  std::vector<Napi::Reference<Napi::Value>> arrays;
};

// planForward(x, bias, logits): what runForward takes.
napi_value plan_forward(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const Shared& data = arguments.data<Shared>();
  const Head& head = data->head;
  const Array<float> x = arguments.array<float>();
  const Array<float> bias = arguments.optional_array<float>();
  const Array<float> logits = arguments.array<float>();
  const size_t rows = x.length / head.features;
  const bool fits = x.length == rows * head.features && (!bias.data || bias.length == head.classes) &&
                    logits.length == rows * head.classes;
  if (!arguments.check(fits)) return nullptr;
  BoundForward bound{data, x.data, rows, bias.data, logits.data, {}};
  Arguments again(env, info);
  for (int i = 0; i < 3; i++) {
    const Napi::Value array(env, again.value());
    if (array.IsObject()) bound.arrays.push_back(Napi::Reference<Napi::Value>::New(array, 1));
  }
  return make_external(env, std::move(bound));
}

napi_value probabilities(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const Input in(arguments);
  const Array<float> out = arguments.array<float>();
  if (!arguments.check(in.fits && out.length == in.rows * in.head.classes)) return nullptr;
  for_chunks(env, in.data, in.rows, [&](size_t r, size_t rows, void* scratch) {
    in.data.engine.kernels->probabilities(in.head, in.parameters, in.row(r), rows,
                                          out.data + r * in.head.classes, scratch);
  });
  return nullptr;
}

napi_value chosen_probabilities(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const Input in(arguments);
  const Array<int32_t> chosen = arguments.array<int32_t>();
  const Array<float> out = arguments.array<float>();
  if (!arguments.check(in.fits && out.length == in.rows * chosen.length && are_classes(chosen, in.head)))
    return nullptr;
  for_chunks(env, in.data, in.rows, [&](size_t r, size_t rows, void* scratch) {
    in.data.engine.kernels->chosen_probabilities(in.head, in.parameters, in.row(r), rows, chosen.data,
                                                 chosen.length, out.data + r * chosen.length, scratch);
  });
  return nullptr;
}

napi_value top_k(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const Input in(arguments);
  const size_t k = arguments.size();
  const Array<int32_t> classes = arguments.array<int32_t>();
  const Array<float> scores = arguments.array<float>();
  const bool fits =
      k >= 1 && k <= in.head.classes && classes.length == in.rows * k && scores.length == in.rows * k;
  if (!arguments.check(in.fits && fits)) return nullptr;
  for_chunks(env, in.data, in.rows, [&](size_t r, size_t rows, void* scratch) {
    in.data.engine.kernels->top_k(in.head, in.parameters, in.row(r), rows, k, classes.data + r * k,
                                  scores.data + r * k, scratch);
  });
  return nullptr;
}

napi_value backward(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const Input in(arguments);
  const Array<float> grad_logits = arguments.array<float>();
  const GradientArrays gradients(arguments);
  const bool fits = grad_logits.length == in.rows * in.head.classes && gradients.fit(in);
  if (!arguments.check(in.fits && fits)) return nullptr;
  for_gradient_chunks(env, in.data, in.rows, gradients.bias,
                      [&](size_t r, size_t rows, void* scratch, float* bias) {
                        in.data.engine.kernels->backward(in.head, in.parameters, in.row(r), rows,
                                                         grad_logits.data + r * in.head.classes,
                                                         gradients.at(in, r, bias), scratch);
                      });
  return nullptr;
}

napi_value loss_and_gradient(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const Input in(arguments);
  const Array<int32_t> labels = arguments.array<int32_t>();
  const double smoothing = arguments.number();
  const float factor = static_cast<float>(arguments.number());
  const Array<float> losses = arguments.array<float>();
  const GradientArrays gradients(arguments);
  const bool fits = labels.length == in.rows && losses.length == in.rows && gradients.fit(in);
  if (!arguments.check(in.fits && fits)) return nullptr;
  if (!arguments.check(are_classes(labels, in.head))) return nullptr;
  for_gradient_chunks(
      env, in.data, in.rows, gradients.bias, [&](size_t r, size_t rows, void* scratch, float* bias) {
        in.data.engine.kernels->loss_and_gradient(in.head, in.parameters, in.row(r), rows,
                                                  {labels.data + r, smoothing, factor}, losses.data + r,
                                                  gradients.at(in, r, bias), scratch);
      });
  return nullptr;
}

// The arrays belong to the call until it settles: the facade passes copies that nobody else has.
class ForwardWorker : public Napi::AsyncWorker {
 public:
  ForwardWorker(napi_env env, Shared data, const Input& in, Array<float> logits, Array<int32_t> cancelled)
      : AsyncWorker(Napi::Env(env), "fixed-classifier:forward"),
        data_(std::move(data)),
        x_(in.x.data),
        rows_(in.rows),
        parameters_(in.parameters),
        logits_(logits.data),
        cancelled_(cancelled.data) {
    napi_create_promise(env, &deferred_, &promise_);
  }

  // References hold objects only; of the arguments those are the arrays, and all that can go away.
  void keep(napi_value argument) {
    napi_valuetype type = napi_undefined;
    napi_typeof(Env(), argument, &type);
    if (type != napi_object) return;
    kept_.push_back(Napi::Reference<Napi::Value>::New(Napi::Value(Env(), argument), 1));
  }
  // Of use only while the call that made it lasts.
  napi_value promise() const { return promise_; }

 protected:
  void Execute() override {
    const Head& head = data_->head;
    const Scratch scratch(data_->scratch_bytes());
    if (!scratch.get()) return SetError("not enough memory for the work of this head");
    for (size_t r = 0; r < rows_; r += kChunkRows) {
      if (std::atomic_ref<int32_t>(*cancelled_).load(std::memory_order_relaxed)) return;
      data_->engine.kernels->forward(head, parameters_, x_ + r * head.features,
                                     std::min(kChunkRows, rows_ - r), logits_ + r * head.classes,
                                     scratch.get());
    }
  }
  // Both fail when the environment, a worker thread mostly, is ending: then there is nobody left to tell, and
  // nothing to be thrown.
  void OnOK() override { napi_resolve_deferred(Env(), deferred_, Env().Undefined()); }
  void OnError(const Napi::Error& error) override { napi_reject_deferred(Env(), deferred_, error.Value()); }

 private:
  napi_deferred deferred_ = nullptr;
  napi_value promise_ = nullptr;
  Shared data_;
  const float* x_;
  size_t rows_;
  Parameters parameters_;
  float* logits_;
  int32_t* cancelled_;
  std::vector<Napi::Reference<Napi::Value>> kept_;
};

napi_value forward_async(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const Input in(arguments);
  const Array<float> logits = arguments.array<float>();
  const Array<int32_t> cancelled = arguments.array<int32_t>();
  if (!arguments.check(in.fits && logits.length == in.rows * in.head.classes && cancelled.length == 1))
    return nullptr;
  auto* worker = new ForwardWorker(env, arguments.data<Shared>(), in, logits, cancelled);
  Arguments again(env, info);
  for (int i = 0; i < 5; i++) worker->keep(again.value());
  const napi_value promise = worker->promise();
  worker->Queue();  // which also frees it, when it is done
  return promise;
}

struct Entry {
  const char* name;
  napi_callback callback;
};
constexpr Entry kFunctions[] = {
    {"chosenProbabilities", chosen_probabilities},
    {"forward", forward},
    {"planForward", plan_forward},
    {"probabilities", probabilities},
    {"topK", top_k},
    {"backward", backward},
    {"lossAndGradient", loss_and_gradient},
    {"forwardAsync", forward_async},
};

napi_value make_head(napi_env env, napi_callback_info info) {
  Arguments arguments(env, info);
  const Shared data =
      std::make_shared<HeadData>(HeadData{arguments.data<Engine>(), {}, {}, {}, {}, {}, {}, {}, {}});
  data->head.features = arguments.size();
  data->head.classes = arguments.size();
  data->head.order = arguments.size();
  data->head.unit = arguments.number();
  const Array<uint32_t> masks = arguments.array<uint32_t>();
  const Array<int32_t> segments = arguments.array<int32_t>();
  const size_t base = arguments.size();
  const Array<uint32_t> base_signs = arguments.array<uint32_t>();
  const Array<int32_t> columns = arguments.optional_array<int32_t>();
  if (!arguments.check(true)) return nullptr;
  const bool fits = read_base(*data, base, base_signs) && read_columns(*data, columns) &&
                    read_tables(*data, masks, segments);
  if (!arguments.check(fits)) return nullptr;
  Napi::Object object = Napi::Object::New(env);
  for (const Entry& entry : kFunctions) {
    object.Set(entry.name, Napi::Value(env, make_function(env, entry.name, entry.callback, data)));
  }
  return object;
}

}  // namespace

napi_value run_forward(napi_env env, napi_callback_info info) {
  napi_value arguments[2];
  size_t count = 2;
  napi_get_cb_info(env, info, &count, arguments, nullptr, nullptr);
  const BoundForward* bound = external_of<BoundForward>(env, arguments[0]);
  double scale;
  if (bound == nullptr || napi_get_value_double(env, arguments[1], &scale) != napi_ok)
    return throw_misfit(env);
  forward_rows(env, *bound->data, {scale, bound->bias}, bound->x, bound->rows, bound->logits);
  return nullptr;
}

void add_head(Napi::Object object, const Engine& engine) {
  const Napi::Env env = object.Env();
  object.Set("head", Napi::Value(env, make_function(env, "head", make_head, engine)));
}

}  // namespace fixed_classifier
