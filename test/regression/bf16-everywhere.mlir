// A vector of bf16 that lives on behind a masked store in blocks of its own was rounded once more, by a function that nobody
// has: programs for processors without AVX-512 could not be loaded.
// RUN: sinterc %s --batch=5 --target-cpu=x86-64-v2 --verify | FileCheck %s --implicit-check-not=WRONG
// RUN: sinterc %s --batch=5 --target-cpu=x86-64-v3 --verify | FileCheck %s --implicit-check-not=WRONG
// RUN: sinterc %s --batch=5 --target-cpu=x86-64-v4 --verify | FileCheck %s --implicit-check-not=WRONG
// RUN: sinterc %s --batch=5 --target-cpu=x86-64-v2 --emit=asm -o - | FileCheck %s --check-prefix=ASM --implicit-check-not=__truncsfbf2
// CHECK: right state w1
// ASM: linear_softplus_dropout
module @bf16_everywhere {
  sinter.parameter @w0 : tensor<1x47xf32> = normal(0.0, 0.5)
  sinter.parameter @w1 : tensor<17x1xf32> = normal(0.0, 0.5)
  sinter.model @forward(%x: tensor<?x47xf32>) -> tensor<?x17xf32> {
    %w0, %w1 = sinter.get @w0, @w1 : tensor<1x47xf32>, tensor<17x1xf32>
    %0 = sinter.convert %w0 : tensor<1x47xf32> to tensor<1x47xbf16>
    %1 = sinter.convert %x : tensor<?x47xf32> to tensor<?x47xbf16>
    %2 = sinter.linear %1, %0 : (tensor<?x47xbf16>, tensor<1x47xbf16>) -> tensor<?x1xf32>
    %3 = sinter.softplus %2 beta = 2.0 threshold = 3.0 : tensor<?x1xf32>
    %4 = sinter.dropout %3 rate = 0.5 : tensor<?x1xf32>
    %5 = sinter.convert %w1 : tensor<17x1xf32> to tensor<17x1xbf16>
    %6 = sinter.convert %4 : tensor<?x1xf32> to tensor<?x1xbf16>
    %7 = sinter.linear %6, %5 : (tensor<?x1xbf16>, tensor<17x1xbf16>) -> tensor<?x17xf32>
    sinter.return %7 : tensor<?x17xf32>
  }
  sinter.loss @loss(%y: tensor<?x17xf32>, %t: tensor<?x17xf32>) -> tensor<f32> {
    %l = sinter.mse_loss %y, %t : (tensor<?x17xf32>, tensor<?x17xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd {learning_rate = 0.05}
}
