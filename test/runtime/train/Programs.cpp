// How do the tests run whole programs?
//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "Programs.h"

#include <fcntl.h>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>

namespace sinter::train {

static void redirect(const std::string &path, int descriptor) {
  int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  dup2(file, descriptor);
  close(file);
}

pid_t ProgramTest::start(const std::string &program, const std::vector<std::string> &arguments) const {
  std::vector<char *> argv = {const_cast<char *>(program.c_str())};
  for (const std::string &argument : arguments)
    argv.push_back(const_cast<char *>(argument.c_str()));
  argv.push_back(nullptr);
  std::string out = path("stdout"), err = path("stderr");
  pid_t child = fork();
  if (child == 0) {
    redirect(out, STDOUT_FILENO);
    redirect(err, STDERR_FILENO);
    execv(argv[0], argv.data());
    _exit(127);
  }
  return child;
}

Result ProgramTest::finish(pid_t child) const {
  int status = 0;
  waitpid(child, &status, 0);
  int code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return {code, shortened(readFile(path("stdout"))), shortened(readFile(path("stderr")))};
}

Result ProgramTest::run(const std::string &program, const std::vector<std::string> &arguments) const {
  return finish(start(program, arguments));
}

std::vector<std::string> ProgramTest::words(const std::string &arguments) const {
  std::istringstream stream(arguments);
  std::vector<std::string> result;
  for (std::string word; stream >> word;)
    result.push_back(word[0] == '@' ? path(word.substr(1)) : word);
  return result;
}

Result ProgramTest::softmax(const std::string &arguments) const {
  return run(SOFTMAX_PROGRAM, words(arguments));
}

void ProgramTest::writeData(int rows) const {
  std::string text;
  unsigned state = 12345;
  for (int i = 0; i < rows; ++i) {
    int label = i % 3;
    for (int j = 0; j < 4; ++j) {
      state = state * 1664525u + 1013904223u;
      double noise = (state >> 16) / 65536.0 - 0.5;
      text += fmt::format("{:.4f},", (j == label ? 2.0 : 0.0) + noise);
    }
    text += fmt::format("{}\n", label);
  }
  write("data.csv", text);
}

std::string ProgramTest::shortened(std::string text) const {
  for (size_t at; (at = text.find(folder + "/")) != std::string::npos;)
    text.erase(at, folder.size() + 1);
  return text;
}

} // namespace sinter::train
