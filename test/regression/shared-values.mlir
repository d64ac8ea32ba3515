// Values that are used twice by what uses them twice, over and over. What is in front of a product was copied once for each
// way to it, and copies that nobody read crashed the compiler; longer chains took it for ever.
// RUN: sinterc %s --batch=5 --verify | FileCheck %s --implicit-check-not=WRONG
// RUN: sinterc %s --batch=64 --verify | FileCheck %s --implicit-check-not=WRONG
// RUN: sinterc %s --batch=5 --remarks=fusion -o %t.so 2>&1 | FileCheck %s --check-prefix=REMARK
// RUN: python3 %S/Inputs/squares.py 40 > %t.mlir
// RUN: timeout 60 sinterc %t.mlir --batch=64 -o %t.so
// RUN: timeout 60 sinterc %t.mlir --batch=64 --target=nvptx --gpu-cubin=never -o %t.so
// CHECK: right state w
// REMARK: prologue {{.*}}Remark="2 op(s) that make an operand
module @shared_values {
  sinter.parameter @w : tensor<64x64xf32> = normal(0.0, 0.1)
  sinter.model @forward(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
    %w = sinter.get @w : tensor<64x64xf32>
    %0 = sinter.mul %x, %x : tensor<?x64xf32>
    %1 = sinter.mul %0, %0 : tensor<?x64xf32>
    %2 = sinter.linear %1, %w : (tensor<?x64xf32>, tensor<64x64xf32>) -> tensor<?x64xf32>
    sinter.return %2 : tensor<?x64xf32>
  }
  sinter.loss @loss(%y: tensor<?x64xf32>, %t: tensor<?x64xf32>) -> tensor<f32> {
    %l = sinter.mse_loss %y, %t : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd {learning_rate = 0.05}
}
