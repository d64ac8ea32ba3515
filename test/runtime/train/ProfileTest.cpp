// Do `bench --kernels` and `--profile` tell what ran, and change nothing of it?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Programs.h"
#include "TraceFile.h"

#include <map>
#include <nlohmann/json.hpp>

using namespace sinter::train;
using nlohmann::json;

namespace {

class Profile : public ProgramTest {
protected:
  json benchTrace(const std::string &arguments) {
    Result result = softmax("bench --profile @t.json " + arguments);
    EXPECT_EQ(result.status, 0) << result.err;
    return json::parse(readFile(path("t.json")));
  }
};

struct Interval {
  int64_t start, end; // nanoseconds
};

Interval intervalOf(const json &event) {
  auto start = static_cast<int64_t>(event["ts"].get<double>() * 1000 + 0.5);
  return {start, start + static_cast<int64_t>(event["dur"].get<double>() * 1000 + 0.5)};
}

std::vector<json> events(const json &trace, const std::string &category) {
  std::vector<json> result;
  for (const json &event : trace["traceEvents"])
    if (event.value("cat", "") == category)
      result.push_back(event);
  return result;
}

bool inside(const json &inner, const std::vector<json> &outers) {
  Interval in = intervalOf(inner);
  return std::any_of(outers.begin(), outers.end(), [&](const json &outer) {
    Interval out = intervalOf(outer);
    return out.start <= in.start && in.end <= out.end;
  });
}

} // namespace

TEST_F(Profile, kernelsLieInStepsAndSharesInKernels) {
  json trace = benchTrace("--steps 8 --threads 3");
  std::vector<json> steps = events(trace, "step"), kernels = events(trace, "kernel"), shares = events(trace, "share");
  ASSERT_EQ(steps.size(), 8u);
  ASSERT_EQ(kernels.size(), 16u);
  for (const json &kernel : kernels) {
    EXPECT_TRUE(inside(kernel, steps)) << kernel;
    EXPECT_EQ(kernel["tid"], 0);
  }
  // Each of the items (pairs of rows) is in the share of one thread.
  std::map<int, int> items;
  for (const json &share : shares) {
    EXPECT_TRUE(inside(share, kernels)) << share;
    EXPECT_EQ(share["name"], "softmax_regression");
    EXPECT_LT(share["tid"], 3);
    for (int i = 0; i < share["args"]["items"]; ++i)
      ++items[share["args"]["first_item"].get<int>() + i];
  }
  EXPECT_EQ(items, (std::map<int, int>{{0, 8}, {1, 8}, {2, 8}, {3, 8}}));
}

TEST_F(Profile, kernelsHaveTheirNamesWorkAndRates) {
  json trace = benchTrace("--steps 1");
  std::vector<json> kernels = events(trace, "kernel");
  ASSERT_EQ(kernels.size(), 2u);
  EXPECT_EQ(kernels[0]["name"], "softmax_regression");
  EXPECT_EQ(kernels[0]["args"]["schedule"], "rows_per_item = 2");
  EXPECT_EQ(kernels[0]["args"]["flops"], 4 * 8 * 4 * 3);
  EXPECT_NEAR(kernels[0]["args"]["GFLOP/s"].get<double>(), 4 * 8 * 4 * 3 / (kernels[0]["dur"].get<double>() * 1000),
              1e-2);
  EXPECT_EQ(kernels[1]["name"], "momentum \"sgd\""); // escaped in the file
  EXPECT_EQ(trace["otherData"]["model"], "softmax");
}

TEST_F(Profile, onlyTheFirstStepsAreRecorded) {
  EXPECT_EQ(events(benchTrace("--steps 50 --profile-steps 4"), "step").size(), 4u);
  writeData(75); // ten batches
  Result result = softmax("train --quiet --data @data.csv --target -1 --epochs 3 --profile @t.json --profile-steps 7");
  ASSERT_EQ(result.status, 0) << result.err;
  json trace = json::parse(readFile(path("t.json")));
  EXPECT_EQ(events(trace, "step").size(), 7u);
  EXPECT_EQ(events(trace, "kernel").size(), 14u);
}

TEST_F(Profile, trainingHasItsPhasesAndTheSameResult) {
  writeData(75);
  std::string common = "train --quiet --data @data.csv --target -1 --epochs 3 --validation 0.2 --threads 2 ";
  ASSERT_EQ(softmax(common + "--save @plain.ckpt").status, 0);
  ASSERT_EQ(softmax(common + "--save @traced.ckpt --profile @t.json").status, 0);
  EXPECT_EQ(readFile(path("plain.ckpt")), readFile(path("traced.ckpt")));
  json trace = json::parse(readFile(path("t.json")));
  std::map<std::string, std::vector<json>> phases;
  for (const json &event : events(trace, "phase"))
    phases[event["name"]].push_back(event);
  EXPECT_EQ(phases["epoch"].size(), 3u);
  EXPECT_EQ(phases["load data"].size(), 1u);
  EXPECT_EQ(phases["validation"].size(), 3u);
  EXPECT_EQ(phases["checkpoint"].size(), 3u);
  EXPECT_EQ(phases["data"].size(), 3u * (8 + 2)); // 60 rows to train on, 15 to validate
  for (const json &step : events(trace, "step")) {
    EXPECT_TRUE(inside(step, phases["epoch"]));
    EXPECT_EQ(step["name"] == "eval_step", inside(step, phases["validation"]));
  }
  // Rates hold for full batches only.
  for (const json &kernel : events(trace, "kernel")) {
    std::vector<json> full;
    for (const json &step : events(trace, "step"))
      if (step["args"]["rows"] == 8)
        full.push_back(step);
    EXPECT_EQ(kernel["args"].contains("GFLOP/s"), inside(kernel, full)) << kernel;
  }
}

TEST_F(Profile, mistakesLeaveNoFile) {
  Result result = softmax("bench --profile @no/t.json");
  EXPECT_EQ(result.status, 1);
  EXPECT_EQ(result.out, "");
  EXPECT_NE(result.err.find("'no/t.json'"), std::string::npos) << result.err;
  EXPECT_EQ(softmax("bench --profile-steps 3").status, 2);
  EXPECT_EQ(softmax("bench --profile @t.json --profile-steps 0").status, 2);
  EXPECT_EQ(softmax("train --data @none.csv --target 0 --profile @t.json").status, 1);
  EXPECT_FALSE(exists(path("t.json")));
}

TEST_F(Profile, benchTellsOfKernelsAsTextAndJson) {
  Result text = softmax("bench --steps 10 --threads 1 --kernels");
  ASSERT_EQ(text.status, 0) << text.err;
  for (const char *part : {"GFLOP/s     GB/s   roofline\n", "softmax_regression ", "momentum \"sgd\" ", "all kernels ",
                           "outside of kernels ", "ceilings of this machine with 1 thread: "})
    EXPECT_NE(text.out.find(part), std::string::npos) << part << text.out;

  Result result = softmax("bench --steps 10 --threads 1 --kernels --json");
  json object = json::parse(result.out);
  EXPECT_EQ(object["rows"], 8);
  EXPECT_EQ(object["observed"]["steps"], 10);
  ASSERT_EQ(object["kernels"].size(), 2u);
  double shares = 0, seconds = object["observed"]["outside"];
  for (const json &kernel : object["kernels"])
    seconds += kernel["seconds"].get<double>();
  for (const json &kernel : object["kernels"]) {
    double taken = kernel["seconds"], flops = kernel["flops"], bytes = kernel["bytes"];
    shares += kernel["share"].get<double>();
    double least = std::max(flops / object["ceilings"]["gflops"].get<double>(),
                            bytes / object["ceilings"]["gbytes"].get<double>()) *
                   1e-9;
    EXPECT_NEAR(kernel["roofline"].get<double>(), least / taken, 1e-9 + 1e-6 * least / taken);
    EXPECT_NEAR(kernel["gflops"].get<double>(), flops / taken * 1e-9, 1e-9);
  }
  EXPECT_NEAR(shares, 1 - object["observed"]["outside"].get<double>() / seconds, 1e-6);
  EXPECT_FALSE(json::parse(softmax("bench --steps 3 --json").out).contains("kernels"));
}

// Without commit there is no file: a failure half-way leaves nothing.
TEST_F(Profile, aTraceIsWrittenWholeOrNotAtAll) {
  sinter_artifact artifact = {};
  artifact.name = "none";
  {
    TraceFile file(path("t.json"), artifact, 1000);
    file.span("begun", 2000, 3500, 0);
  }
  EXPECT_FALSE(exists(path("t.json")));
  TraceFile file(path("t.json"), artifact, 1000);
  file.span("done", 2000, 3501, 0);
  file.commit();
  json event = json::parse(readFile(path("t.json")))["traceEvents"][1];
  EXPECT_EQ(event["ts"], 1.0);
  EXPECT_EQ(event["dur"], 1.501);
}
