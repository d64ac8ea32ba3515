// Sums of columns read 16 bytes of neighbours of eight rows before they add anything, 128 rows by a block of 16 times 16
// threads; rows that are left over come one by one.
// RUN: sinterc %s --batch=2000 --target=nvptx --emit=ptx --no-fuse=launches -o - | FileCheck %s

// CHECK-LABEL: .entry k_sgd_{{[0-9]*}}(
// CHECK: .shared .align 16 .b8 {{.*}}[4096];
// CHECK: $L
// CHECK-NOT: add.rn.f32
// CHECK-COUNT-8: ld.global.v4.b32
// CHECK-COUNT-32: add.rn.f32
// CHECK: bra
// CHECK: ld.global.v4.b32
// CHECK-NOT: ld.global
// CHECK-COUNT-4: add.rn.f32
// CHECK: st.shared.v4.b32
// CHECK: bar.sync 0;
// CHECK-COUNT-16: ld.shared.b32
// CHECK: st.global.b32
// CHECK-LABEL: .entry k_sgd_{{[0-9]*}}_combine(
// CHECK: ld.global.b32
// CHECK: bar.sync 0;
// CHECK: st.global.b32

module @sums {
  sinter.parameter @scale : tensor<60xf32> = ones
  sinter.model @forward(%x: tensor<?x60xf32>, %y: tensor<?x60xf32>) -> tensor<?x60xf32> {
    %s = sinter.get @scale : tensor<60xf32>
    %b = sinter.broadcast %s dims = [1] : tensor<60xf32> -> tensor<?x60xf32>
    %p = sinter.mul %x, %y : tensor<?x60xf32>
    %z = sinter.mul %p, %b : tensor<?x60xf32>
    sinter.return %z : tensor<?x60xf32>
  }
  sinter.loss @loss(%z: tensor<?x60xf32>) -> tensor<f32> {
    %l = sinter.reduce sum %z dims = [0, 1] : tensor<?x60xf32> -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd {learning_rate = 0.01}
}
