// Do files become the inputs and targets that a model wants, and what is said when they do not fit?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Dataset.h"
#include "Batch.h"
#include "Metrics.h"
#include "Npy.h"
#include "TestFiles.h"

using namespace sinter::train;

namespace {
// A model of `features` inputs and `classes` outputs, without code: enough for reading data.
struct FakeModel {
  int64_t inputShape[2], outputShape[2], targetShape[2];
  sinter_io_info input, output, target;
  std::vector<const char *> metrics;
  sinter_artifact artifact = {};

  FakeModel(int64_t features, int64_t outputs, int32_t targetType, const char *loss,
            std::vector<const char *> metricNames = {})
      : inputShape{-1, features}, outputShape{-1, outputs}, targetShape{-1, outputs},
        input{"x", SINTER_F32, 2, inputShape}, output{"y", SINTER_F32, 2, outputShape},
        target{"t", targetType, targetType == SINTER_F32 ? 2 : 1, targetShape}, metrics(std::move(metricNames)) {
    artifact.name = "fake";
    artifact.batch = 4;
    artifact.inputs = &input;
    artifact.outputs = &output;
    artifact.targets = &target;
    artifact.input_count = artifact.output_count = artifact.target_count = 1;
    artifact.loss = loss;
    artifact.metrics = metrics.data();
    artifact.metric_count = static_cast<uint32_t>(metrics.size());
  }
};

class DatasetTest : public FilesTest {
protected:
  Dataset table(const FakeModel &model, const std::string &text, const std::string &target,
                NeedTargets need = NeedTargets::Yes, const std::vector<std::string> &classes = {}) {
    DataFiles files;
    files.data = write("f.csv", text);
    files.target = target;
    return loadDataset(model.artifact, files, need, classes);
  }
  Dataset arrays(const FakeModel &model, const std::string &inputs, const std::string &targets) {
    DataFiles files;
    files.inputs = {inputs};
    files.targets = {targets};
    return loadDataset(model.artifact, files, NeedTargets::Yes, {});
  }
  std::string bytes(std::string_view name, std::vector<int64_t> shape, const std::string &data) {
    return write(name, npyHeader(ElementType::U8, shape) + data);
  }
  // The message with the folder cut out.
  std::string error(const std::function<void()> &function) {
    std::string message = messageOf(function);
    for (size_t at; (at = message.find(folder + "/")) != std::string::npos;)
      message.erase(at, folder.size() + 1);
    return message;
  }
};
} // namespace

static std::vector<double> elements(const Array &array) {
  std::vector<double> result;
  for (int64_t i = 0; i < array.elements(); ++i)
    result.push_back(array.at(i));
  return result;
}

TEST_F(DatasetTest, targetColumnIsTakenOut) {
  Dataset dataset = table(FakeModel(2, 3, SINTER_I32, "cross_entropy"), "a,t,b\n1,2,3\n4,0,6\n", "t");
  EXPECT_EQ(elements(dataset.inputs[0]), (std::vector<double>{1, 3, 4, 6}));
  EXPECT_EQ(elements(dataset.targets[0]), (std::vector<double>{2, 0}));
}

TEST_F(DatasetTest, wordsBecomeClassesInSortedOrder) {
  FakeModel model(1, 3, SINTER_I32, "cross_entropy");
  Dataset dataset = table(model, "1,pear\n2,apple\n3,fig\n", "-1");
  EXPECT_EQ(dataset.classes, (std::vector<std::string>{"apple", "fig", "pear"}));
  EXPECT_EQ(elements(dataset.targets[0]), (std::vector<double>{2, 0, 1}));
  EXPECT_EQ(error([&] { table(model, "1,a\n2,b\n3,c\n4,d\n", "-1"); }),
            "'f.csv' line 4, column 1: a label beyond the 3 classes of the model, after 'a', 'b', 'c', 'd'");
  EXPECT_EQ(error([&] { table(model, "1,a\n2,x\n", "-1", NeedTargets::Yes, {"a", "b"}); }),
            "'f.csv' line 2, column 1: unknown label 'x'; the model was trained on the labels 'a', 'b'");
}

TEST_F(DatasetTest, twoWordsAreTheTruthOfABinaryTarget) {
  Dataset dataset = table(FakeModel(1, 1, SINTER_F32, "binary_cross_entropy_with_logits"), "1,yes\n2,no\n", "1");
  EXPECT_EQ(elements(dataset.targets[0]), (std::vector<double>{1, 0}));
  EXPECT_EQ(error([&] { table(FakeModel(1, 1, SINTER_F32, "mse"), "1,3\n2,no\n", "1"); }),
            "'f.csv' line 2, column 1: expected a number, found 'no'");
}

TEST_F(DatasetTest, severalTargetColumns) {
  Dataset dataset = table(FakeModel(1, 2, SINTER_F32, "mse"), "a,b,c\n1,2,3\n4,5,6\n", "c,a");
  EXPECT_EQ(elements(dataset.targets[0]), (std::vector<double>{3, 1, 6, 4}));
}

TEST_F(DatasetTest, labelOutOfRange) {
  FakeModel model(1, 10, SINTER_I32, "cross_entropy");
  EXPECT_EQ(error([&] { table(model, "1,9\n2,10\n", "-1"); }),
            "'f.csv' line 2, column 1: label 10 is out of range; expected 0 .. 9 for the 10 classes of output 'y'");
  std::string x = bytes("x.npy", {3, 1}, "abc");
  EXPECT_EQ(
      error([&] { arrays(model, x, bytes("t.npy", {3}, "\x01\x02\x0a")); }),
      "'t.npy' row 2 (counted from 0): label 10 is out of range; expected 0 .. 9 for the 10 classes of output 'y'");
  EXPECT_EQ(error([&] { table(model, "1,1.5\n", "-1"); }),
            "'f.csv' line 1, column 1: expected a whole number as label, found 1.5");
}

TEST_F(DatasetTest, wrongFeatureCount) {
  EXPECT_EQ(error([&] { table(FakeModel(64, 10, SINTER_I32, "cross_entropy"), "1,2,3\n", "-1"); }),
            "the model's input 'x' takes 64 features, 'f.csv' has 2 beside the target");
  EXPECT_EQ(error([&] {
              arrays(FakeModel(4, 2, SINTER_I32, "cross_entropy"), bytes("x.npy", {2, 3}, "abcdef"),
                     bytes("t.npy", {2}, std::string(2, 0)));
            }),
            "the model's input 'x' takes 4 numbers per row, shape [?, 4]; 'x.npy' holds the shape [2, 3]");
}

TEST_F(DatasetTest, imagesAreFlattened) {
  FakeModel model(4, 2, SINTER_I32, "cross_entropy");
  Dataset dataset = arrays(model, bytes("x.npy", {2, 2, 2}, "abcdefgh"), bytes("t.npy", {2}, std::string("\0\1", 2)));
  EXPECT_EQ(dataset.rows, 2);
  Preparation preparation;
  preparation.scale = 0.5;
  Batch batch(model.artifact);
  int64_t order[] = {1};
  batch.gather(dataset, preparation, order, 1);
  EXPECT_EQ(static_cast<float *>(batch.inputs[0])[0], 'e' * 0.5f);
  EXPECT_EQ(static_cast<int32_t *>(batch.targets[0])[0], 1);
}

TEST_F(DatasetTest, rowsOfInputsAndTargetsMustAgree) {
  EXPECT_EQ(error([&] {
              arrays(FakeModel(1, 2, SINTER_I32, "cross_entropy"), bytes("x.npy", {3, 1}, "abc"),
                     bytes("t.npy", {2}, std::string(2, 0)));
            }),
            "'x.npy' has 3 rows, but its targets 't.npy' have 2");
}

TEST_F(DatasetTest, predictTakesTablesWithAndWithoutTarget) {
  FakeModel model(2, 3, SINTER_I32, "cross_entropy");
  EXPECT_EQ(elements(table(model, "a,t,b\n1,9,3\n", "t", NeedTargets::IfPresent).inputs[0]),
            (std::vector<double>{1, 3}));
  EXPECT_EQ(elements(table(model, "a,b\n1,3\n", "t", NeedTargets::IfPresent).inputs[0]), (std::vector<double>{1, 3}));
  EXPECT_EQ(elements(table(model, "1,3,x\n", "-1", NeedTargets::IfPresent).inputs[0]), (std::vector<double>{1, 3}));
  EXPECT_EQ(elements(table(model, "1,3\n", "-1", NeedTargets::IfPresent).inputs[0]), (std::vector<double>{1, 3}));
}

TEST_F(DatasetTest, missingTargetOption) {
  EXPECT_EQ(error([&] { table(FakeModel(2, 3, SINTER_I32, "cross_entropy"), "1,3\n", ""); }),
            "'f.csv' needs --target COLUMN, the column to be learned: its name or its number from 0 (-1 is the last)");
}

TEST_F(DatasetTest, normalizationIsFittedOnTheGivenRowsAlone) {
  FakeModel model(2, 3, SINTER_I32, "cross_entropy");
  Dataset dataset = table(model, "1,7,0\n3,7,1\n1000,7,2\n", "-1");
  Preparation preparation;
  fitNormalization(preparation, model.artifact, dataset, {0, 1});
  EXPECT_EQ(preparation.mean, (std::vector<double>{2, 7}));
  EXPECT_EQ(preparation.deviation, (std::vector<double>{1, 1}));
}

TEST_F(DatasetTest, metricsOfClassesAndNumbers) {
  FakeModel classes(1, 3, SINTER_I32, "cross_entropy", {"accuracy"});
  Batch batch(classes.artifact);
  float logits[] = {0, 2, 1, /**/ 5, 5, 0, /**/ 1, 2, 3, /**/ -1, -2, -3};
  int32_t labels[] = {1, 0, 0, 0};
  std::copy(logits, logits + 12, static_cast<float *>(batch.outputs[0]));
  std::copy(labels, labels + 4, static_cast<int32_t *>(batch.targets[0]));
  batch.rows = 4;
  Metrics accuracy(classes.artifact);
  accuracy.add(batch);
  EXPECT_EQ(accuracy.values(), (std::vector<double>{0.75}));

  FakeModel numbers(1, 1, SINTER_F32, "mse", {"mae", "r2"});
  Batch pair(numbers.artifact);
  float outputs[] = {1.5f, 2, 3, 3}, targets[] = {1, 2, 3, 4};
  std::copy(outputs, outputs + 4, static_cast<float *>(pair.outputs[0]));
  std::copy(targets, targets + 4, static_cast<float *>(pair.targets[0]));
  pair.rows = 4;
  Metrics errors(numbers.artifact);
  errors.add(pair);
  EXPECT_EQ(errors.values(), (std::vector<double>{0.375, 1 - 1.25 / 5}));
}
