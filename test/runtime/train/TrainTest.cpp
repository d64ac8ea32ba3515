// Does training learn, resume exactly, and stop as it should?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Programs.h"

#include <csignal>
#include <regex>
#include <unistd.h>

using namespace sinter::train;
using ::testing::TempDir;

namespace {
class Train : public ProgramTest {
protected:
  void SetUp() override {
    ProgramTest::SetUp();
    writeData(75);
  }
  /// Trains on data.csv quietly, expecting success.
  void train(const std::string &arguments) {
    Result result = softmax("train --quiet --data @data.csv --target -1 " + arguments);
    EXPECT_EQ(result.status, 0) << result.err;
    EXPECT_EQ(result.out, "");
  }
  std::string file(const std::string &name) { return readFile(path(name)); }
};
} // namespace

static std::string withoutSeconds(const std::string &log) {
  return std::regex_replace(log, std::regex(",[0-9.]+\n"), "\n");
}
static int countLines(const std::string &text) {
  return static_cast<int>(std::count(text.begin(), text.end(), '\n'));
}
static bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

TEST_F(Train, learnsAndReports) {
  Result result =
      softmax("train --data @data.csv --target -1 --validation 0.2 --test 0.1 --epochs 8 --seed 3 --save @a.ckpt");
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_TRUE(contains(result.out, "data: 52 rows to train on, 15 to validate, 8 to test; 7 steps of at most 8 rows"));
  EXPECT_TRUE(contains(result.out, "epoch 8/8  loss ")) << result.out;
  EXPECT_TRUE(contains(result.out, "accuracy 100.00 %")) << result.out;
  EXPECT_TRUE(contains(result.out, "\ntest loss ")) << result.out;
  EXPECT_TRUE(contains(result.out, "saved 'a.ckpt' (8 epochs")) << result.out;
  EXPECT_EQ(result.err, "");
}

TEST_F(Train, stoppedAfterThreeEpochsAndResumedEqualsSixStraight) {
  std::string common = "--validation 0.2 --normalize --patience 9 --seed 7 ";
  train(common + "--epochs 6 --save @straight");
  train(common + "--epochs 3 --save @resumed");
  train("--epochs 6 --resume @resumed --save @resumed");
  EXPECT_EQ(file("straight"), file("resumed"));
}

TEST_F(Train, resumedScheduleGoesOn) {
  train("--epochs 6 --schedule warmup-cosine:steps=20,min=0.01 --save @straight --log @straight.csv");
  train("--epochs 6 --schedule warmup-cosine:steps=20,min=0.01 --save @resumed --log @resumed.csv --stop-after 2");
  train("--resume @resumed --save @resumed --log @resumed.csv");
  EXPECT_EQ(file("straight"), file("resumed"));
  EXPECT_EQ(withoutSeconds(file("straight.csv")), withoutSeconds(file("resumed.csv")));
}

TEST_F(Train, resumedInTheMiddleOfAnEpochEqualsStraight) {
  std::string common = "--validation 0.2 --epochs 4 --log-steps ";
  train(common + "--save @straight --log @straight.csv");
  train(common + "--save @resumed --log @resumed.csv --steps 13");
  train("--resume @resumed --save @resumed --log @resumed.csv --log-steps");
  EXPECT_EQ(file("straight"), file("resumed"));
  EXPECT_EQ(withoutSeconds(file("straight.csv")), withoutSeconds(file("resumed.csv")));
  EXPECT_EQ(countLines(file("straight.csv")), 1 + 4 * 8);
}

TEST_F(Train, threadsDoNotChangeAnyBit) {
  train("--epochs 5 --threads 1 --save @one");
  train("--epochs 5 --threads 2 --save @two");
  EXPECT_EQ(file("one"), file("two"));
}

TEST_F(Train, seedAndShufflingMatter) {
  train("--epochs 1 --seed 1 --save @one");
  train("--epochs 1 --seed 2 --save @two");
  train("--epochs 1 --seed 1 --no-shuffle --save @ordered");
  EXPECT_NE(file("one"), file("two"));
  EXPECT_NE(file("one"), file("ordered"));
}

TEST_F(Train, separateFilesEqualTheTable) {
  std::string inputs, targets, table = file("data.csv");
  for (size_t at = 0; at < table.size();) {
    size_t end = table.find('\n', at), comma = table.rfind(',', end);
    inputs += table.substr(at, comma - at) + "\n";
    targets += table.substr(comma + 1, end - comma);
    at = end + 1;
  }
  write("x.csv.gz", gzip(inputs));
  write("t.csv", targets);
  train("--epochs 2 --log @table.csv");
  Result result = softmax("train --quiet --inputs @x.csv.gz --targets @t.csv --epochs 2 --log @files.csv");
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_EQ(withoutSeconds(file("table.csv")), withoutSeconds(file("files.csv")));
}

TEST_F(Train, logHasALinePerEpochWithValidation) {
  train("--epochs 3 --validation 0.2 --log @log.csv");
  std::string log = file("log.csv");
  EXPECT_TRUE(
      contains(log, "epoch,step,rows,learning_rate,loss,validation_loss,validation_accuracy,seconds\n1,8,60,0.1,"))
      << log;
  EXPECT_EQ(countLines(log), 4);
}

TEST_F(Train, earlyStopping) {
  Result result = softmax("train --data @data.csv --target -1 --validation 0.2 --patience 2 --lr 0 --epochs 50");
  EXPECT_EQ(result.status, 0);
  EXPECT_TRUE(contains(result.out, "epoch 3/50"));
  EXPECT_FALSE(contains(result.out, "epoch 4/50"));
  EXPECT_TRUE(contains(result.out, "stopped early: the validation loss has not improved since epoch 1"));
}

TEST_F(Train, bestCheckpointIsKept) {
  // Validation rows whose labels are wrong: the more is learned, the worse they get.
  write("wrong.csv", "2,0,0,0,1\n0,2,0,0,2\n0,0,2,0,0\n");
  train("--epochs 4 --validation-data @wrong.csv --save @last --save-best @best");
  EXPECT_TRUE(contains(file("best"), "\"train.epoch\":\"1\""));
  EXPECT_TRUE(contains(file("last"), "\"train.epoch\":\"4\""));
  EXPECT_TRUE(contains(file("last"), "\"train.best_epoch\":\"1\""));
}

TEST_F(Train, interruptedTrainingSavesAndResumesExactly) {
  pid_t child = start(SOFTMAX_PROGRAM, words("train --data @data.csv --target -1 --epochs 1000000 --save @stopped"));
  for (int i = 0; i < 600 && !contains(file("stdout"), "epoch 2/"); ++i)
    usleep(50000);
  kill(child, SIGINT);
  Result result = finish(child);
  EXPECT_EQ(result.status, 130) << result.err;
  std::smatch match;
  ASSERT_TRUE(std::regex_search(result.out, match,
                                std::regex("interrupted after step \\d+ \\(epoch (\\d+), batch \\d+ of 10\\): saved "
                                           "'stopped'; go on with --resume 'stopped'\n")))
      << result.out;
  std::string epochs = std::to_string(std::stoi(match[1]) + 1);
  train("--epochs " + epochs + " --resume @stopped --save @stopped");
  train("--epochs " + epochs + " --save @straight");
  EXPECT_EQ(file("stopped"), file("straight"));
}

TEST_F(Train, terminationWithoutSaveSaysSo) {
  pid_t child = start(SOFTMAX_PROGRAM, words("train --data @data.csv --target -1 --epochs 1000000000"));
  for (int i = 0; i < 600 && !contains(file("stdout"), "epoch 2/"); ++i)
    usleep(20000);
  kill(child, SIGTERM);
  Result result = finish(child);
  EXPECT_EQ(result.status, 130);
  EXPECT_TRUE(contains(result.out, "nothing was saved (no --save)"));
}

TEST_F(Train, lossThatIsNotFiniteKeepsTheLastGoodCheckpoint) {
  train("--epochs 1 --save @good");
  std::string before = file("good");
  Result result =
      softmax("train --quiet --data @data.csv --target -1 --resume @good --save @good --lr 1e39 --epochs 3");
  EXPECT_EQ(result.status, 1);
  EXPECT_TRUE(std::regex_match(
      result.err,
      std::regex("error: the loss is (NaN|infinite) at step 1\\d \\(epoch 2, batch \\d of 10\\) with learning "
                 "rate 1e\\+39: the data of this batch are finite, so try a smaller learning rate; 'good' "
                 "keeps the state after step 10 \\(epoch 1\\)\n")))
      << result.err;
  EXPECT_EQ(file("good"), before);
}

TEST_F(Train, dataThatAreNotFiniteAreNamed) {
  float values[8] = {1, 2, 3, 4, 5, __builtin_nanf(""), 7, 8};
  std::string dictionary = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 4), }";
  write("x.npy", std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(dictionary.size()) + std::string(1, '\0') +
                     dictionary + std::string(reinterpret_cast<char *>(values), sizeof values));
  write("t.csv", "0\n1\n");
  Result result = softmax("train --quiet --inputs @x.npy --targets @t.csv");
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.err, "error: the loss is NaN at step 1 (epoch 1, batch 1 of 1) with learning rate 0.1: row 1 of the "
                        "data (counted from 0) holds a number that is not finite; no checkpoint was asked for\n");
}

TEST_F(Train, resumingNeedsTheSameRun) {
  train("--epochs 1 --seed 4 --save @a");
  auto error = [&](const std::string &arguments) {
    Result result = softmax("train --quiet --data @data.csv --target -1 --resume @a " + arguments);
    EXPECT_EQ(result.status, 1);
    return result.err;
  };
  EXPECT_EQ(error("--seed 5"), "error: --seed 5 differs from the resumed run, which has 4: leave the option out\n");
  EXPECT_EQ(error("--normalize"),
            "error: --normalize differs from the resumed run, which has none: leave the option out\n");
  writeData(60);
  EXPECT_EQ(error("--epochs 2"), "error: the resumed run had 75 rows to train on and 0 to validate, these data give 60 "
                                 "and 0: resuming needs the same data\n");
}
