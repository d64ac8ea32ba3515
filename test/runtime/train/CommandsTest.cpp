// Do eval, predict, info and bench say what is true, and do mistakes get one clear sentence?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Npy.h"
#include "Programs.h"

#include <cstring>
#include <nlohmann/json.hpp>
#include <sys/stat.h>

using namespace sinter::train;

namespace {
class Commands : public ProgramTest {
protected:
  void SetUp() override {
    ProgramTest::SetUp();
    writeData(75);
  }
  void trainOnce(const std::string &more = "") {
    Result result = softmax("train --quiet --data @data.csv --target -1 --epochs 6 --normalize --save @a.ckpt " + more);
    ASSERT_EQ(result.status, 0) << result.err;
  }
  std::string error(const std::string &arguments, int status = 1) {
    Result result = softmax(arguments);
    EXPECT_EQ(result.status, status);
    EXPECT_EQ(result.out, "");
    return result.err;
  }
  void writeTensor(const std::string &name, const std::vector<int64_t> &shape, const std::vector<float> &values) {
    write(name, npyHeader(ElementType::F32, shape) +
                    std::string(reinterpret_cast<const char *>(values.data()), values.size() * sizeof(float)));
  }
};
} // namespace

static bool contains(const std::string &text, const std::string &part) {
  return text.find(part) != std::string::npos;
}

TEST_F(Commands, evalUsesWhatTheCheckpointRecords) {
  trainOnce();
  Result result = softmax("eval --data @data.csv --weights @a.ckpt --json");
  EXPECT_EQ(result.status, 0) << result.err;
  nlohmann::json object = nlohmann::json::parse(result.out);
  EXPECT_EQ(object["rows"], 75);
  EXPECT_EQ(object["accuracy"], 1.0);
  EXPECT_TRUE(contains(softmax("eval --data @data.csv --weights @a.ckpt").out, "75 rows: loss 0."));
}

TEST_F(Commands, predictWritesNpy) {
  trainOnce();
  EXPECT_EQ(softmax("predict --data @data.csv --weights @a.ckpt --output @y.npy").status, 0);
  Array array = parseNpy(readFile(path("y.npy")), "y.npy");
  EXPECT_EQ(array.shape, (std::vector<int64_t>{75, 3}));
  for (int64_t row = 0; row < 75; ++row)
    for (int64_t j = 0; j < 3; ++j)
      EXPECT_LE(array.at(row * 3 + j), array.at(row * 3 + row % 3));
}

TEST_F(Commands, predictPrintsClassNames) {
  std::string table = readFile(path("data.csv")), named = "w,x,y,z,kind\n";
  for (char c : table.substr(0, table.size()))
    named += c;
  for (const char *replacement : {",0\n=,zebra\n", ",1\n=,ant\n", ",2\n=,bee\n"}) {
    std::string from(replacement, 3), to(replacement + 4);
    for (size_t at; (at = named.find(from)) != std::string::npos;)
      named.replace(at, from.size(), to);
  }
  write("named.csv", named);
  EXPECT_EQ(softmax("train --quiet --data @named.csv --target kind --epochs 6 --save @n.ckpt").status, 0);
  Result result = softmax("predict --data @named.csv --weights @n.ckpt");
  EXPECT_EQ(result.out.substr(0, 37), "class,logits.0,logits.1,logits.2\nzebr") << result.err;
  EXPECT_TRUE(contains(result.out, "\nant,"));
  EXPECT_TRUE(contains(result.out, "\nbee,"));
  // Without the target column, and written as CSV.
  write("bare.csv", "w,x,y,z\n2,0,0,0\n");
  EXPECT_EQ(softmax("predict --data @bare.csv --weights @n.ckpt --output @y.csv").err, "");
  EXPECT_TRUE(contains(readFile(path("y.csv")), "\nzebra,"));
}

TEST_F(Commands, infoAsTextAndJson) {
  Result text = softmax("info");
  EXPECT_EQ(text.status, 0);
  for (const char *part :
       {"model         softmax\n", "state         256 bytes\n", "weight                       F32 [3, 4]",
        "parameters (15 in all)", "softmax_regression", "compiled by   by hand, ABI 4"})
    EXPECT_TRUE(contains(text.out, part)) << part;
  nlohmann::json object = nlohmann::json::parse(softmax("info --json").out);
  EXPECT_EQ(object["parameters"], 15);
  EXPECT_EQ(object["peak_bytes"], object["state_bytes"].get<int>() + object["scratch_bytes"].get<int>());
  EXPECT_EQ(object["inputs"][0]["shape"], (std::vector<int>{-1, 4}));
}

TEST_F(Commands, benchReportsRates) {
  Result result = softmax("bench --steps 10 --threads 1");
  EXPECT_EQ(result.status, 0);
  EXPECT_TRUE(contains(result.out, "10 training steps of 8 rows, 1 thread\nmedian "));
  EXPECT_TRUE(contains(result.out, " GFLOP/s"));
}

TEST_F(Commands, helpTeachesAndVersionTells) {
  Result help = softmax("train --help");
  EXPECT_EQ(help.status, 0);
  for (const char *part : {"--lr X", "[0.1]", "warmup-cosine:steps=W", "Examples:", "--epochs N", "[10]"})
    EXPECT_TRUE(contains(help.out, part)) << part;
  EXPECT_TRUE(contains(softmax("--version").out, "ABI 4; model softmax, compiled by by hand"));
}

TEST_F(Commands, usageMistakesEndWithTwo) {
  EXPECT_EQ(error("train --bogus", 2),
            "error: The following argument was not expected: --bogus\ntry: softmax-program train --help\n");
  EXPECT_TRUE(contains(error("", 2), "error: A subcommand is required\ntry: softmax-program --help\n"));
  EXPECT_TRUE(contains(error("train --epochs few", 2), "error: "));
}

TEST_F(Commands, missingAndUnwritablePaths) {
  EXPECT_EQ(error("train", 2), "error: train needs data: --data FILE.csv --target COLUMN, or --inputs X --targets T\n");
  EXPECT_EQ(error("train --data @none.csv --target 0"), "error: cannot open 'none.csv': No such file or directory\n");
  EXPECT_TRUE(contains(error("train --data @data.csv --target -1 --save @no/where.ckpt"), "'no/where.ckpt'"));
  EXPECT_TRUE(contains(error("train --data @data.csv --target -1 --log @no/where.csv"), "'no/where.csv'"));
  EXPECT_TRUE(contains(error("eval --data @data.csv --weights @none.ckpt"), "none.ckpt"));
  EXPECT_FALSE(exists(path("no")));
}

TEST_F(Commands, badDataEndsWithOneSentence) {
  write("word.csv", "1,2,3,4,0\n1,2,three,4,1\n");
  EXPECT_EQ(error("train --data @word.csv --target -1"),
            "error: 'word.csv' line 2, column 2: expected a number, found 'three'\n");
  write("label.csv", "1,2,3,4,0\n1,2,3,4,3\n");
  EXPECT_EQ(error("train --data @label.csv --target -1"),
            "error: 'label.csv' line 2, column 4: label 3 is out of "
            "range; expected 0 .. 2 for the 3 classes of output 'logits'\n");
  EXPECT_EQ(error("train --data @data.csv --target price"),
            "error: 'data.csv' has no column 'price': it has no header line, so expected a number from 0 to 4, or from "
            "-1 (the last) to -5\n");
}

TEST_F(Commands, checkpointsOfOthersAndDamagedOnes) {
  trainOnce();
  Result wide = run(WIDE_PROGRAM, words("eval --data @data.csv --weights @a.ckpt"));
  EXPECT_EQ(wide.status, 1);
  EXPECT_EQ(wide.err, "error: 'a.ckpt' is the checkpoint of another model: expected 'wide', found 'softmax'\n");
  Result resumed = run(WIDE_PROGRAM, words("train --data @data.csv --target -1 --resume @a.ckpt"));
  EXPECT_TRUE(contains(resumed.err, "checkpoint of another model")) << resumed.err;

  std::string bytes = readFile(path("a.ckpt"));
  write("short.ckpt", bytes.substr(0, bytes.size() - 8));
  EXPECT_TRUE(contains(error("eval --data @data.csv --weights @short.ckpt"), "short.ckpt"));
  bytes[bytes.size() - 3] ^= 1;
  write("flipped.ckpt", bytes);
  EXPECT_TRUE(contains(error("train --data @data.csv --target -1 --resume @flipped.ckpt"), "damaged"));
  EXPECT_TRUE(contains(error("eval --data @data.csv --weights @flipped.ckpt"), "damaged"));
}

TEST_F(Commands, firstParametersFromAFolderOfNpyFiles) {
  ASSERT_EQ(mkdir(path("w").c_str(), 0700), 0);
  std::vector<float> weight(12, 0.0f), bias = {1, 2, 3};
  writeTensor("w/weight.npy", {3, 4}, weight);
  EXPECT_EQ(error("predict --data @data.csv --target -1 --weights @w"),
            "error: folder 'w' has no file 'bias.npy' for the parameter of this name (nor 'param.bias.init.npy')\n");
  writeTensor("w/bias.npy", {3}, bias);
  Result result = softmax("predict --data @data.csv --target -1 --weights @w");
  EXPECT_TRUE(contains(result.out, "\n2,1,2,3\n")) << result.err;
  EXPECT_EQ(softmax("train --quiet --data @data.csv --target -1 --init-from @w --epochs 1 --lr 0 --save @i.ckpt").err,
            "");
  EXPECT_TRUE(contains(softmax("predict --data @data.csv --weights @i.ckpt").out, "\n2,1,2,3\n"));

  writeTensor("w/gain.npy", {1}, {1});
  EXPECT_EQ(error("train --data @data.csv --target -1 --init-from @w"),
            "error: 'w/gain.npy' belongs to no parameter of model 'softmax': its parameters are 'weight', 'bias'\n");
  // The spelling of recorded references takes precedence, and lets other files lie beside.
  writeTensor("w/param.weight.init.npy", {3, 4}, weight);
  writeTensor("w/param.bias.init.npy", {3}, {4, 5, 6});
  EXPECT_TRUE(contains(softmax("predict --data @data.csv --target -1 --weights @w").out, "\n2,4,5,6\n"));
  writeTensor("w/param.bias.init.npy", {1, 3}, bias);
  EXPECT_EQ(error("train --data @data.csv --target -1 --init-from @w"),
            "error: 'w/param.bias.init.npy' holds the shape [1, 3]; parameter 'bias' has the shape [3]\n");
}

TEST_F(Commands, sharedLibraryRunsUnderSinterTrain) {
  Result result =
      run(SINTER_TRAIN, words(std::string(SOFTMAX_LIBRARY) + " train --data @data.csv --target -1 --epochs 2"));
  EXPECT_EQ(result.status, 0) << result.err;
  EXPECT_TRUE(contains(result.out, "epoch 2/2"));
  EXPECT_EQ(run(SINTER_TRAIN, words("@none.so info")).status, 1);
  EXPECT_EQ(run(SINTER_TRAIN, {}).status, 2);
  EXPECT_TRUE(contains(run(SINTER_TRAIN, words(std::string(SOFTMAX_LIBRARY) + " train --bogus")).err,
                       "try: sinter-train softmax.so train --help"));
}
