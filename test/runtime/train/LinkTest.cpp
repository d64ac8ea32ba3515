// Is a linker all it takes to make a model's object file into a program and a shared library? With lld and with GNU ld,
// whichever are installed.
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Programs.h"

#include "sinter-rt/artifact.h"

#include <algorithm>
#include <dlfcn.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace sinter::train;

namespace {
class Link : public ProgramTest, public ::testing::WithParamInterface<const char *> {
protected:
  void SetUp() override {
    ProgramTest::SetUp();
    if (access(GetParam(), X_OK) != 0)
      GTEST_SKIP() << GetParam() << " is not installed";
  }
  Result link(const std::string &options, const std::string &base) {
    std::string libraries = "/lib/x86_64-linux-gnu/libc.so.6 /lib/x86_64-linux-gnu/libm.so.6";
    return run(GetParam(), words(options + " " SOFTMAX_OBJECT " " BASE_OBJECTS "/" + base + " " + libraries));
  }
  Result linkProgram() {
    return link("-pie --eh-frame-hdr --gc-sections -s -dynamic-linker /lib64/ld-linux-x86-64.so.2 -o @program "
                "/lib64/ld-linux-x86-64.so.2",
                "program_base.o");
  }
};
} // namespace

TEST_P(Link, programTrainsAndReportsFailures) {
  Result linked = linkProgram();
  ASSERT_EQ(linked.status, 0) << linked.err;
  EXPECT_EQ(linked.err, "");
  writeData(30);
  Result trained = run(path("program"), words("train --data @data.csv --target -1 --epochs 2 --save @a.ckpt"));
  EXPECT_EQ(trained.status, 0) << trained.err;
  // An Error is thrown and caught: unwinding tables are in order.
  Result failed = run(path("program"), words("train --data @none.csv --target -1"));
  EXPECT_EQ(failed.status, 1);
  EXPECT_EQ(failed.err, "error: cannot open 'none.csv': No such file or directory\n");
  EXPECT_EQ(run(path("program"), words("train --bogus")).status, 2);
}

TEST_P(Link, programNeedsLibcAndLibmOnly) {
  ASSERT_EQ(linkProgram().status, 0);
  Result listed = run("/lib64/ld-linux-x86-64.so.2", words("--list @program"));
  EXPECT_EQ(listed.status, 0) << listed.err;
  for (size_t at = 0; at < listed.out.size();) {
    size_t end = listed.out.find('\n', at);
    std::string line = listed.out.substr(at, end - at);
    at = end + 1;
    EXPECT_TRUE(line.find("libc.so.6") != std::string::npos || line.find("libm.so.6") != std::string::npos ||
                line.find("ld-linux") != std::string::npos || line.find("linux-vdso") != std::string::npos)
        << line;
  }
}

// Processor time of all children that have ended, in seconds.
static double childrenSeconds() {
  rusage usage = {};
  getrusage(RUSAGE_CHILDREN, &usage);
  auto seconds = [](const timeval &time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

TEST_P(Link, programStartsInMilliseconds) {
#if defined(__SANITIZE_ADDRESS__)
  GTEST_SKIP() << "a sanitized test program takes longer to start another than that takes to run";
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
  GTEST_SKIP() << "a sanitized test program takes longer to start another than that takes to run";
#endif
#endif
  ASSERT_EQ(linkProgram().status, 0);
  double best = 1;
  for (int i = 0; i < 10; ++i) {
    double before = childrenSeconds();
    EXPECT_EQ(run(path("program"), {"info"}).status, 0);
    best = std::min(best, childrenSeconds() - before);
  }
  EXPECT_LT(best, 0.010);
}

TEST_P(Link, sharedLibraryCarriesTheRuntime) {
  Result linked = link("-shared --eh-frame-hdr -z defs -o @model.so /lib64/ld-linux-x86-64.so.2", "runtime_base.o");
  ASSERT_EQ(linked.status, 0) << linked.err;
  void *handle = dlopen(path("model.so").c_str(), RTLD_NOW | RTLD_LOCAL);
  ASSERT_NE(handle, nullptr) << dlerror();
  auto *artifact = static_cast<const sinter_artifact *>(dlsym(handle, "sinter_program_artifact"));
  ASSERT_NE(artifact, nullptr);
  EXPECT_STREQ(artifact->name, "softmax");
  EXPECT_NE(dlsym(handle, "sinter_model_create"), nullptr);
  dlclose(handle);
}

INSTANTIATE_TEST_SUITE_P(Linkers, Link, ::testing::Values("/usr/bin/ld.lld-22", "/usr/bin/ld.bfd"),
                         [](const auto &info) { return info.index == 0 ? "lld" : "bfd"; });
