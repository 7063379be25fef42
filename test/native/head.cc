// Compares the operations of a head with those of the scalar table on features of float32, which
// test/backends/equality.test.ts compares with the reference. These tests are about memory, and about shapes
// that no class code makes.
#include <algorithm>

#include "features.h"
#include "groups.h"
#include "heads.h"
#include "values.h"

namespace harness {

using fixed_classifier::Gradients;
using fixed_classifier::Head;
using fixed_classifier::kChunkRows;
using fixed_classifier::Kernels;
using fixed_classifier::Parameters;
using fixed_classifier::WeightGradient;

namespace {

struct Inputs {
  size_t rows;
  RandomFeatures x;
  double scale;
  bool has_bias;
  std::vector<float> bias;
};

double random_scale(Random& random) {
  const double scales[] = {5, -5, 0, 1e30, 1e-30, HUGE_VAL, 300 * random.between_ones()};
  return scales[random.chance(0.5) ? 0 : random.below(std::size(scales))];
}

Inputs random_inputs(Random& random, const Shape& shape) {
  constexpr size_t kMostElements = size_t{1} << 16;
  const size_t width = std::max(shape.features, shape.classes);
  const size_t most = std::clamp<size_t>(kMostElements / width, 1, kChunkRows);
  Inputs inputs{};
  inputs.rows = random.chance(0.1) ? most : random.between(1, std::min<size_t>(most, 6));
  inputs.x = random_features(random, inputs.rows, shape.features);
  inputs.scale = random_scale(random);
  inputs.has_bias = random.chance(0.7);
  if (inputs.has_bias) inputs.bias = random_rows<float>(random, 1, shape.classes);
  return inputs;
}

// Which gradients by class vectors are asked for: of no classes named, all.
struct Weights {
  bool wanted;
  std::vector<int32_t> named;
};

// What every operation is called with.
struct Call {
  const Head& head;
  const Parameters& parameters;
  fixed_classifier::Features x;
  size_t rows;
  Arrays& arrays;
  void* scratch;

  template <class T>
  T* out(const char* name, size_t count) const {
    return arrays.out<T>(name, count);
  }
  // The gradient by class vectors is asked for where `weights` says how.
  Gradients gradients(bool with_bias, const Weights& weights) const {
    Gradients gradients{out<float>("gradient by features", rows * head.features),
                        out<float>("gradient by scale", rows),
                        with_bias ? out<float>("gradient by bias", head.classes) : nullptr};
    if (weights.wanted && head.signed_rows) gradients.weights = this->weights(weights.named);
    return gradients;
  }

 private:
  const WeightGradient* weights(const std::vector<int32_t>& named) const {
    const size_t length = (named.empty() ? head.classes : named.size()) * head.features;
    float* total = out<float>("gradient by class vectors", length);
    std::fill(total, total + length, 0.0f);
    const auto at_once = [](void*, size_t, size_t) {};
    return arrays.in("sums of gradients",
                     std::vector<WeightGradient>{{total, named.empty() ? nullptr : arrays.in("named", named),
                                                  named.size(), at_once, at_once, nullptr}});
  }
};

class HeadTest {
 public:
  explicit HeadTest(Random& random)
      : random_(random), shape_(random_shape(random)), inputs_(random_inputs(random, shape_)) {}

  const Shape& shape() const { return shape_; }
  size_t rows() const { return inputs_.rows; }

  template <class Operation>
  void expect_same_as_scalar(const char* name, const Operation& operation) const {
    context.operation = name;
    const auto run_on = [&](const Kernels& kernels, const auto& place_features) {
      Arrays arrays(random_);
      const PlacedHead placed(arrays, shape_);
      const Parameters parameters{inputs_.scale,
                                  inputs_.has_bias ? arrays.in("bias", inputs_.bias) : nullptr};
      const fixed_classifier::Features x = place_features(arrays);
      void* scratch = arrays.scratch(kernels.scratch_bytes(placed.head));
      operation(kernels, Call{placed.head, parameters, x, inputs_.rows, arrays, scratch});
      return arrays.results();
    };
    context.instruction_set = machine.scalar->name;
    const auto place = [&](Arrays& arrays) { return inputs_.x.place(arrays); };
    const auto place_float32 = [&](Arrays& arrays) { return inputs_.x.place_float32(arrays); };
    expect_everywhere(run_on(*machine.scalar, place_float32),
                      [&](const Kernels& kernels) { return run_on(kernels, place); });
  }

 private:
  Random& random_;
  const Shape shape_;
  const Inputs inputs_;
};

std::vector<int32_t> random_classes(Random& random, size_t count, size_t classes) {
  std::vector<int32_t> values(count);
  for (int32_t& value : values) value = static_cast<int32_t>(random.below(classes));
  return values;
}

}  // namespace

void test_head(Random& random) {
  const HeadTest test(random);
  const size_t classes = test.shape().classes;

  test.expect_same_as_scalar("forward", [&](const Kernels& kernels, const Call& call) {
    float* logits = call.out<float>("logits", call.rows * classes);
    kernels.forward(call.head, call.parameters, call.x, call.rows, logits, call.scratch);
  });

  test.expect_same_as_scalar("probabilities", [&](const Kernels& kernels, const Call& call) {
    float* out = call.out<float>("probabilities", call.rows * classes);
    kernels.probabilities(call.head, call.parameters, call.x, call.rows, out, call.scratch);
  });

  const std::vector<int32_t> chosen = random_classes(random, random.small_up_to(40), classes);
  test.expect_same_as_scalar("chosen_probabilities", [&](const Kernels& kernels, const Call& call) {
    const int32_t* placed = call.arrays.in("chosen", chosen);
    float* out = call.out<float>("probabilities", call.rows * chosen.size());
    kernels.chosen_probabilities(call.head, call.parameters, call.x, call.rows, placed, chosen.size(), out,
                                 call.scratch);
  });

  const size_t k = random.chance(0.4) ? 1 : random.between(1, std::min<size_t>(classes, 40));
  test.expect_same_as_scalar("top_k", [&](const Kernels& kernels, const Call& call) {
    int32_t* best = call.out<int32_t>("classes", call.rows * k);
    float* scores = call.out<float>("scores", call.rows * k);
    kernels.top_k(call.head, call.parameters, call.x, call.rows, k, best, scores, call.scratch);
  });

  const bool with_bias = random.chance(0.7);
  Weights weights{random.chance(0.5), {}};
  if (random.chance(0.5)) weights.named = random_classes(random, random.between(1, 9), classes);
  const std::vector<float> grad_logits = random_rows<float>(random, test.rows(), classes);
  test.expect_same_as_scalar("backward", [&](const Kernels& kernels, const Call& call) {
    const float* placed = call.arrays.in("gradient by logits", grad_logits);
    kernels.backward(call.head, call.parameters, call.x, call.rows, placed,
                     call.gradients(with_bias, weights), call.scratch);
  });

  test.expect_same_as_scalar("log_sum_exp", [&](const Kernels& kernels, const Call& call) {
    float* out = call.out<float>("sums", call.rows);
    kernels.log_sum_exp(call.head, call.parameters, call.x, call.rows, out, call.scratch);
  });

  const std::vector<int32_t> labels = random_classes(random, test.rows(), classes);
  const std::vector<float> targets = random_rows<float>(random, test.rows(), classes);
  const std::vector<float> class_weights = random_rows<float>(random, 1, classes);
  std::vector<float> row_weights(test.rows());
  for (float& weight : row_weights) weight = random.chance(0.2) ? 0 : static_cast<float>(random.unit());
  const bool with_labels = random.chance(0.7);
  const bool with_targets = !with_labels && random.chance(0.8);
  const bool with_class_weights = random.chance(0.4);
  const fixed_classifier::Margin margin{random.unit(), 0.8, 0.6, 0.39};
  const bool with_margin = with_labels && random.chance(0.4);
  const double smoothing = random.chance(0.5) ? 0 : random.unit();
  test.expect_same_as_scalar("loss_and_gradient", [&](const Kernels& kernels, const Call& call) {
    const fixed_classifier::CrossEntropy loss{
        with_labels ? call.arrays.in("labels", labels) : nullptr,
        with_targets ? call.arrays.in("targets", targets) : nullptr,
        with_class_weights ? call.arrays.in("class weights", class_weights) : nullptr,
        call.arrays.in("row weights", row_weights),
        smoothing,
        12.5,
        with_margin ? &margin : nullptr};
    float* losses = call.out<float>("losses", call.rows);
    kernels.loss_and_gradient(call.head, call.parameters, call.x, call.rows, loss, losses,
                              call.gradients(with_bias, weights), call.scratch);
  });
}

}  // namespace harness
