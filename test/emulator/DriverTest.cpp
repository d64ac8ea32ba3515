// Does a program that trains through the driver API get the right numbers, in every mode of asynchrony?
//
// The mode is one of the environment: ctest runs this program once in each.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#include "CudaLibrary.h"
#include "Harness.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace sinter::emulator;
using namespace sinter::emulator::test;

namespace {

constexpr int rows = 64, features = 8;

struct Problem {
  std::vector<float> x, y, w;
};

Problem makeProblem() {
  Problem problem;
  for (int i = 0; i < rows * features; ++i)
    problem.x.push_back(std::sin(static_cast<float>(i * i % 97)));
  problem.w.assign(features, 0);
  for (int i = 0; i < rows; ++i) {
    float y = 0;
    for (int d = 0; d < features; ++d)
      y += problem.x[i * features + d] * static_cast<float>(d - 3);
    problem.y.push_back(y);
  }
  return problem;
}

/// The same sums in the same order.
float stepOnHost(Problem &problem, float rate) {
  std::vector<float> residual(rows), squares(rows);
  for (int i = 0; i < rows; ++i) {
    float r = -problem.y[i];
    for (int d = 0; d < features; ++d)
      r = std::fma(problem.x[i * features + d], problem.w[d], r);
    residual[i] = r;
    squares[i] = r * r;
  }
  for (int half = 32; half; half /= 2)
    for (int i = 0; i < half; ++i)
      squares[i] += squares[i + half];
  for (int d = 0; d < features; ++d) {
    float sum = 0;
    for (int i = 0; i < rows; ++i)
      sum = std::fma(problem.x[i * features + d], residual[i], sum);
    problem.w[d] = std::fma(-(rate * 0.03125f), sum, problem.w[d]);
  }
  return squares[0] * 0.015625f;
}

class DriverTest : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_EQ(cuda.open(), 0);
    std::string text = readInput("regression.ptx");
    ASSERT_EQ(cuda.call("cuModuleLoadData", &module, static_cast<const void *>(text.c_str())), 0);
    ASSERT_EQ(cuda.call("cuModuleGetFunction", &residuals, module, "residuals"), 0);
    ASSERT_EQ(cuda.call("cuModuleGetFunction", &update, module, "update"), 0);
    ASSERT_EQ(cuda.call("cuStreamCreate", &stream, 1u), 0);
    x = allocate(rows * features);
    y = allocate(rows);
    w = allocate(features);
    residual = allocate(rows);
    loss = allocate(1);
  }
  Address allocate(size_t floats) {
    Address address = 0;
    EXPECT_EQ(cuda.call("cuMemAlloc_v2", &address, floats * sizeof(float)), 0);
    return address;
  }
  void upload(Address to, const std::vector<float> &from) {
    ASSERT_EQ(cuda.call("cuMemcpyHtoD_v2", to, static_cast<const void *>(from.data()), from.size() * 4), 0);
  }
  void launchStep(float rate) {
    void *first[] = {&x, &w, &y, &residual, &loss}, *second[] = {&x, &w, &residual, &rate};
    ASSERT_EQ(cuda.call("cuLaunchKernel", residuals, 1u, 1u, 1u, 64u, 1u, 1u, 0u, stream, &first[0], (void **)nullptr),
              0);
    ASSERT_EQ(cuda.call("cuLaunchKernel", update, 1u, 1u, 1u, 8u, 1u, 1u, 0u, stream, &second[0], (void **)nullptr), 0);
  }
  CudaLibrary cuda;
  Handle module = nullptr, residuals = nullptr, update = nullptr, stream = nullptr;
  Address x = 0, y = 0, w = 0, residual = 0, loss = 0;
};

} // namespace

TEST_F(DriverTest, TrainsByGraphLaunches) {
  Problem problem = makeProblem();
  upload(x, problem.x);
  upload(y, problem.y);
  upload(w, problem.w);
  Handle graph, executable;
  ASSERT_EQ(cuda.call("cuStreamBeginCapture_v2", stream, 0), 0);
  launchStep(0.5f);
  ASSERT_EQ(cuda.call("cuStreamEndCapture", stream, &graph), 0);
  ASSERT_EQ(cuda.call("cuGraphInstantiateWithFlags", &executable, graph, 0ull), 0);
  float found = 0, first = 0, expected = 0;
  for (int step = 0; step < 60; ++step) {
    ASSERT_EQ(cuda.call("cuGraphLaunch", executable, stream), 0);
    ASSERT_EQ(cuda.call("cuMemcpyDtoHAsync_v2", static_cast<void *>(&found), loss, sizeof found, stream), 0);
    ASSERT_EQ(cuda.call("cuStreamSynchronize", stream), 0);
    expected = stepOnHost(problem, 0.5f);
    ASSERT_EQ(found, expected) << "step " << step;
    first = step ? first : found;
  }
  EXPECT_LT(found, first / 100);
  EXPECT_EQ(cuda.call("cuGraphExecDestroy", executable), 0);
  EXPECT_EQ(cuda.call("cuGraphDestroy", graph), 0);
  EXPECT_EQ(cuda.call("cuGraphDestroy", graph), 400) << "a handle is destroyed once";
}

/// Input copies on a second stream, ordered by events alone, inside of the graph too.
TEST_F(DriverTest, CopiesOnASecondStreamAreOrderedByEvents) {
  Problem problem = makeProblem();
  upload(y, problem.y);
  upload(w, problem.w);
  Handle copies, ready, free, graph, executable;
  float *pinned;
  size_t bytes = problem.x.size() * sizeof(float);
  ASSERT_EQ(cuda.call("cuMemHostAlloc", reinterpret_cast<void **>(&pinned), bytes, 0u), 0);
  ASSERT_EQ(cuda.call("cuStreamCreate", &copies, 1u), 0);
  ASSERT_EQ(cuda.call("cuEventCreate", &ready, 2u), 0);
  ASSERT_EQ(cuda.call("cuEventCreate", &free, 2u), 0);
  ASSERT_EQ(cuda.call("cuStreamBeginCapture_v2", stream, 0), 0);
  ASSERT_EQ(cuda.call("cuEventRecord", free, stream), 0);
  ASSERT_EQ(cuda.call("cuStreamWaitEvent", copies, free, 0u), 0);
  ASSERT_EQ(cuda.call("cuMemcpyHtoDAsync_v2", x, static_cast<const void *>(pinned), bytes, copies), 0);
  ASSERT_EQ(cuda.call("cuEventRecord", ready, copies), 0);
  ASSERT_EQ(cuda.call("cuStreamWaitEvent", stream, ready, 0u), 0);
  launchStep(0.25f);
  ASSERT_EQ(cuda.call("cuStreamEndCapture", stream, &graph), 0);
  ASSERT_EQ(cuda.call("cuGraphInstantiateWithFlags", &executable, graph, 0ull), 0);
  for (int step = 0; step < 10; ++step) {
    for (float &value : problem.x)
      value = value * 0.9f + 0.01f * static_cast<float>(step);
    std::copy(problem.x.begin(), problem.x.end(), pinned);
    ASSERT_EQ(cuda.call("cuGraphLaunch", executable, stream), 0);
    float found;
    ASSERT_EQ(cuda.call("cuMemcpyDtoHAsync_v2", static_cast<void *>(&found), loss, sizeof found, stream), 0);
    ASSERT_EQ(found, stepOnHost(problem, 0.25f)) << "step " << step;
  }
  EXPECT_EQ(cuda.call("cuMemFreeHost", static_cast<void *>(pinned)), 0);
}

/// Pinned memory is written when the copy happens, not when it is asked for.
TEST_F(DriverTest, AMissingSynchronizationReadsStaleData) {
  const char *mode = getenv("SINTER_EMULATOR_ASYNC");
  float *pinned;
  ASSERT_EQ(cuda.call("cuMemHostAlloc", reinterpret_cast<void **>(&pinned), size_t(4), 0u), 0);
  *pinned = -1;
  ASSERT_EQ(cuda.call("cuMemsetD32Async", loss, 0x40000000u, size_t(1), stream), 0);
  ASSERT_EQ(cuda.call("cuMemcpyDtoHAsync_v2", static_cast<void *>(pinned), loss, size_t(4), stream), 0);
  if (mode && std::string(mode) == "lazy") {
    EXPECT_EQ(*pinned, -1);
    Handle event;
    ASSERT_EQ(cuda.call("cuEventCreate", &event, 0u), 0);
    ASSERT_EQ(cuda.call("cuEventRecord", event, stream), 0);
    EXPECT_EQ(cuda.call("cuEventQuery", event), 600);
  }
  ASSERT_EQ(cuda.call("cuStreamSynchronize", stream), 0);
  EXPECT_EQ(*pinned, 2);
}

TEST_F(DriverTest, UnpinnedSourcesMayBeReusedAtOnce) {
  std::vector<float> source{5}, found{0};
  ASSERT_EQ(cuda.call("cuMemcpyHtoDAsync_v2", loss, static_cast<const void *>(source.data()), size_t(4), stream), 0);
  source[0] = 6;
  ASSERT_EQ(cuda.call("cuMemcpyDtoHAsync_v2", static_cast<void *>(found.data()), loss, size_t(4), stream), 0);
  EXPECT_EQ(found[0], 5);
}

TEST_F(DriverTest, CapturesThatCannotBeAreRefused) {
  Handle graph, other, event;
  ASSERT_EQ(cuda.call("cuStreamBeginCapture_v2", stream, 0), 0);
  EXPECT_EQ(cuda.call("cuStreamSynchronize", stream), 900);
  EXPECT_EQ(cuda.call("cuStreamEndCapture", stream, &graph), 901);
  ASSERT_EQ(cuda.call("cuStreamCreate", &other, 1u), 0);
  ASSERT_EQ(cuda.call("cuEventCreate", &event, 2u), 0);
  ASSERT_EQ(cuda.call("cuStreamBeginCapture_v2", stream, 0), 0);
  ASSERT_EQ(cuda.call("cuEventRecord", event, stream), 0);
  ASSERT_EQ(cuda.call("cuStreamWaitEvent", other, event, 0u), 0);
  ASSERT_EQ(cuda.call("cuMemsetD32Async", loss, 0u, size_t(1), other), 0);
  EXPECT_EQ(cuda.call("cuStreamEndCapture", stream, &graph), 904) << "the other stream was never waited for";
  EXPECT_EQ(cuda.call("cuStreamEndCapture", stream, &graph), 903);
}

TEST_F(DriverTest, WrongArgumentsAreRefused) {
  float host = 0;
  EXPECT_EQ(cuda.call("cuMemcpyHtoD_v2", loss, static_cast<const void *>(&host), size_t(4096)), 1);
  EXPECT_EQ(cuda.call("cuMemcpyHtoD_v2", reinterpret_cast<Address>(&host), static_cast<const void *>(&host), size_t(4)),
            1);
  EXPECT_EQ(cuda.call("cuMemFree_v2", loss + 4), 1);
  EXPECT_EQ(cuda.call("cuLaunchKernel", update, 1u, 1u, 1u, 9u, 1u, 1u, 0u, stream, (void **)nullptr, (void **)nullptr),
            1);
  EXPECT_EQ(cuda.call("cuLaunchKernel", residuals, 1u, 1u, 1u, 64u, 1u, 1u, 65536u, stream, (void **)nullptr,
                      (void **)nullptr),
            1)
      << "more dynamic shared memory than was asked for";
  EXPECT_EQ(cuda.call("cuStreamSynchronize", reinterpret_cast<Handle>(&host)), 400);
  Handle none;
  EXPECT_EQ(cuda.call("cuModuleGetFunction", &none, module, "nothing"), 500);
  Address address;
  EXPECT_EQ(cuda.call("cuMemAlloc_v2", &address, size_t(1) << 50), 2);
}

TEST_F(DriverTest, ErrorsInPtxComeInTheLog) {
  char log[256] = "";
  int options[] = {5, 6};
  void *values[] = {log, reinterpret_cast<void *>(sizeof log)};
  Handle bad;
  const void *text = ".version 8.0\n.target sm_80\n.entry k()\n{\nfrobnicate.s32 a, b;\n}\n";
  EXPECT_EQ(cuda.call("cuModuleLoadDataEx", &bad, text, 2u, &options[0], &values[0]), 218);
  EXPECT_STREQ(log, "PTX line 5: `frobnicate.s32 a, b`: unknown instruction 'frobnicate'");
  const void *cubin = "\x7f"
                      "ELF...";
  EXPECT_EQ(cuda.call("cuModuleLoadDataEx", &bad, cubin, 2u, &options[0], &values[0]), 209);
}

TEST_F(DriverTest, EntryPointsAreFoundByName) {
  void *function = nullptr;
  int status = 9;
  EXPECT_EQ(cuda.call("cuGetProcAddress_v2", "cuMemAlloc", &function, 12000, uint64_t(0), &status), 0);
  EXPECT_TRUE(function);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(cuda.call("cuGetProcAddress_v2", "cuNothing", &function, 12000, uint64_t(0), &status), 500);
}

/// A kernel that is given a host address fails as on hardware, for good: the last test of the process.
TEST_F(DriverTest, AFaultSticksAndTellsWhereItHappened) {
  alignas(16) Address host = reinterpret_cast<Address>(&host);
  void *arguments[] = {&host, &host, &host, &host, &host};
  cuda.call("cuLaunchKernel", residuals, 1u, 1u, 1u, 64u, 1u, 1u, 0u, stream, &arguments[0], (void **)nullptr);
  EXPECT_EQ(cuda.call("cuStreamSynchronize", stream), 700);
  EXPECT_EQ(cuda.call("cuCtxSynchronize"), 700);
  EXPECT_NE(cuda.text(700).find("kernel 'residuals', PTX line 3"), std::string::npos) << cuda.text(700);
  EXPECT_NE(cuda.text(700).find("block (0,0,0), thread ("), std::string::npos) << cuda.text(700);
}
