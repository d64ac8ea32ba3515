// Constants of a loop that needs more of them than half of the registers are operands in memory where the CPU has no
// broadcasting operands; LLVM would load each by a broadcast of its own.
// RUN: sinterc %s --batch=64 --target-cpu=x86-64-v3 --emit=asm -o - | FileCheck %s --check-prefix=AVX2
// RUN: sinterc %s --batch=64 --target-cpu=x86-64-v4 --emit=asm -o - | FileCheck %s --check-prefix=AVX512

// AVX2-LABEL: {{^}}exp_{{[0-9]+}}:
// AVX2: leaq .L[[NAME:exp_[0-9]+]].constants(%rip), %[[TABLE:r[a-z0-9]+]]
// AVX2: [[LOOP:\.LBB[0-9_]+]]:
// AVX2-NOT: vbroadcastss
// AVX2: vfmadd{{[0-9]+}}ps {{[0-9]+}}(%[[TABLE]]), %ymm
// AVX2-NOT: vbroadcastss
// AVX2: j{{[a-z]+}} [[LOOP]]
// AVX2-LABEL: {{^}}add_{{[0-9]+}}:
// AVX2-NOT: .constants
// AVX2: retq
// AVX2: .L[[NAME]].constants:

// AVX512-NOT: .constants

module @kernel {
  sinter.parameter @unused : tensor<1xf32> = zeros
  sinter.model @forward(%x: tensor<?x64xf32>, %z: tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?x64xf32>) {
    %y = sinter.exp %x : tensor<?x64xf32>
    %s = sinter.add %z, %z : tensor<?x64xf32>
    sinter.return %y, %s : tensor<?x64xf32>, tensor<?x64xf32>
  }
  sinter.loss @loss(%y: tensor<?x64xf32>, %s: tensor<?x64xf32>) -> tensor<f32> {
    %p = sinter.get @unused : tensor<1xf32>
    %l = sinter.reduce sum %p dims = [0] : tensor<1xf32> -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd
}
