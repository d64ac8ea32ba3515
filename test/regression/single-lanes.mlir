// The last element of rows of 17 is the only lane of a masked store. Where it was truncated, to a bit of a mask or to bf16,
// LLVM stored the wider element, over what is behind it in the next row.
// RUN: sinterc %s --batch=33 --verify --keep-gradients | FileCheck %s --implicit-check-not=WRONG
// RUN: sinterc %s --batch=33 -O0 --verify --keep-gradients | FileCheck %s --implicit-check-not=WRONG
// RUN: sinterc %s --batch=33 --target-cpu=x86-64-v4 --emit=llvm -o - | FileCheck %s --check-prefix=IR --implicit-check-not="masked.store{{.*}}<i1 true, i1 false,"
// RUN: sinterc %s --batch=33 --target-cpu=x86-64-v4 -O0 --emit=llvm -o - | FileCheck %s --check-prefix=IR --implicit-check-not="masked.store{{.*}}<i1 true, i1 false,"
// CHECK: train_step, 33 rows
// CHECK: right state w.grad
// CHECK: train_step, 12 rows
// CHECK: right state w.grad
// IR-LABEL: define internal void @layer_norm_leaky_relu_dropout
// IR: %[[BIT:.*]] = extractelement <16 x i8> %{{.*}}, i64 0
// IR: store i8 %[[BIT]], ptr %{{.*}}, align 1
module @one_lane {
  sinter.parameter @scale : tensor<17xf32> = ones
  sinter.parameter @shift : tensor<17xf32> = zeros
  sinter.parameter @w : tensor<9x17xf32> = kaiming_uniform(1.0)
  sinter.model @forward(%x: tensor<?x17xf32>) -> tensor<?x9xf32> {
    %scale, %shift, %w = sinter.get @scale, @shift, @w : tensor<17xf32>, tensor<17xf32>, tensor<9x17xf32>
    %n = sinter.layer_norm %x, %scale, %shift : tensor<?x17xf32>, tensor<17xf32>
    %a = sinter.leaky_relu %n slope = 0.3 : tensor<?x17xf32>
    %d = sinter.dropout %a rate = 0.5 : tensor<?x17xf32>
    %h = sinter.convert %d : tensor<?x17xf32> to tensor<?x17xbf16>
    %wh = sinter.convert %w : tensor<9x17xf32> to tensor<9x17xbf16>
    %y = sinter.linear %h, %wh : (tensor<?x17xbf16>, tensor<9x17xbf16>) -> tensor<?x9xf32>
    sinter.return %y : tensor<?x9xf32>
  }
  sinter.loss @loss(%y: tensor<?x9xf32>, %t: tensor<?xi32>) -> tensor<f32> {
    %l = sinter.cross_entropy %y, %t : (tensor<?x9xf32>, tensor<?xi32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd {learning_rate = 0.05}
}
