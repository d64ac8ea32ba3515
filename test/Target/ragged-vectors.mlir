// Sizes that are no multiple of four keep accesses of 16 bytes for all but the last elements: 7 x 1003 of a map, 3 x 1003
// of a parameter with two moments and a gradient. What is left over, and what is shorter than a vector, goes singly.
// RUN: sinterc %s --batch=7 --target=nvptx --emit=ptx --no-fuse=prologues,launches -o - | FileCheck %s

// CHECK-LABEL: .entry k_exp_
// CHECK: ld.global.b32
// CHECK: st.global.b32
// CHECK: ld.global.v4.b32
// CHECK: st.global.v4.b32
// CHECK-LABEL: .entry k_linear_
// CHECK-LABEL: .entry k_adam_
// CHECK-NOT: v4
// CHECK: .entry
// CHECK-LABEL: .entry k_dot_general_
// CHECK-LABEL: .entry k_adam_
// CHECK-COUNT-4: ld.global.v4.b32
// CHECK-NOT: ld.global.v4
// CHECK-COUNT-3: st.global.v4.b32
// CHECK-COUNT-4: ld.global.b32 {{.*}}+12032];
// CHECK-COUNT-3: st.global.b32 {{.*}}+12032],

module @ragged {
  sinter.parameter @weight : tensor<3x1003xf32> = uniform(-0.1, 0.1)
  sinter.parameter @bias : tensor<3xf32> = uniform(-0.1, 0.1)
  sinter.model @forward(%x: tensor<?x1003xf32>) -> tensor<?x3xf32> {
    %w, %b = sinter.get @weight, @bias : tensor<3x1003xf32>, tensor<3xf32>
    %e = sinter.exp %x : tensor<?x1003xf32>
    %y = sinter.linear %e, %w, %b : (tensor<?x1003xf32>, tensor<3x1003xf32>, tensor<3xf32>) -> tensor<?x3xf32>
    sinter.return %y : tensor<?x3xf32>
  }
  sinter.loss @loss(%y: tensor<?x3xf32>, %t: tensor<?x3xf32>) -> tensor<f32> {
    %l = sinter.mse_loss %y, %t : (tensor<?x3xf32>, tensor<?x3xf32>) -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer adam {learning_rate = 0.01}
}
