// Trains a model text as a program would: compiled, linked, opened, and driven through the runtime.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

#ifndef SINTER_TEST_UNIT_COMPILEDTRAINER_H
#define SINTER_TEST_UNIT_COMPILEDTRAINER_H

#include "CompiledText.h"
#include "Trainer.h"

#include "sinter-rt/model.h"

class CompiledTrainer : public Trainer {
public:
  /// Compiles for this machine and initializes the state with seed 1; messages go to stderr.
  CompiledTrainer(const std::string &modelText, int64_t batch, int threads = 1);
  /// The same of a library that is open already, and stays so.
  CompiledTrainer(const sinter::CompiledLibrary &library, int threads);
  ~CompiledTrainer() override;

  bool good() const override { return model; }
  const sinter::reference::Tensor *state(const std::string &name) const override;
  bool setState(const std::string &name, const sinter::reference::Tensor &value) override;
  double step(const std::vector<sinter::reference::Tensor> &inputs,
              const std::vector<sinter::reference::Tensor> &targets) override;

  /// All of the state, as it lies in memory.
  std::vector<char> stateBytes() const;

private:
  void start(const sinter_artifact &artifact, int threads);

  std::unique_ptr<sinter::CompiledLibrary> library;
  sinter_model *model = nullptr;
  mutable sinter::reference::Tensor lastRead;
};

#endif // SINTER_TEST_UNIT_COMPILEDTRAINER_H
