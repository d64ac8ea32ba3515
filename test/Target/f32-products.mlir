// Products of f32 by multiply-adds. Operands come 16 bytes at a time; one whose neighbours lie along k is transposed on
// its way through registers, any other is copied past them. A thread multiplies, for each of 8 k, two runs of 4 rows by
// two of 4 columns, which lie half a tile (256 bytes) apart. Two blocks fit on a multiprocessor.
// RUN: sinterc %s --target=nvptx --emit=ptx --no-fuse=launches -o - | FileCheck %s

// CHECK-LABEL: .entry k_dot_general_{{[0-9]*}}(
// CHECK: .minnctapersm 2
// CHECK: .shared .align 16 .b8 {{.*}}[16896];
// CHECK: cp.async.wait_group 0;
// CHECK-NEXT: bar.sync 0;
// CHECK: ld.global.v4.b32 {{[{]}}[[A0:%r[0-9]+]], [[A1:%r[0-9]+]], [[A2:%r[0-9]+]], [[A3:%r[0-9]+]]}
// CHECK: cp.async.cg.shared.global {{.*}}, 16;
// CHECK: cp.async.commit_group;
// CHECK: ld.shared.v4.b32
// CHECK: ld.shared.v4.b32 {{.*}}+256];
// CHECK: ld.shared.v4.b32 {{.*}}+8448];
// CHECK: ld.shared.v4.b32 {{.*}}+8704];
// CHECK-COUNT-64: fma.rn.f32
// CHECK-COUNT-28: ld.shared.v4.b32
// CHECK-NOT: ld
// CHECK: st.shared.b32 {{.*}}, [[A0]];
// CHECK-NEXT: add.s64
// CHECK-NEXT: st.shared.b32 {{.*}}+528], [[A1]];
// CHECK-NEXT: st.shared.b32 {{.*}}+1056], [[A2]];
// CHECK-NEXT: st.shared.b32 {{.*}}+1584], [[A3]];

module @products {
  sinter.parameter @w : tensor<1536xf32> = uniform(-1, 1)
  sinter.model @forward(%a: tensor<1536x64xf32>, %b: tensor<64x1536xf32>) -> tensor<1536x1536xf32> {
    %w = sinter.get @w : tensor<1536xf32>
    %c = sinter.dot_general %a, %b batch = [] x [] contract = [1] x [0] : (tensor<1536x64xf32>, tensor<64x1536xf32>) -> tensor<1536x1536xf32>
    %v = sinter.broadcast %w dims = [1] : tensor<1536xf32> -> tensor<1536x1536xf32>
    %d = sinter.mul %c, %v : tensor<1536x1536xf32>
    sinter.return %d : tensor<1536x1536xf32>
  }
  sinter.loss @loss(%d: tensor<1536x1536xf32>) -> tensor<f32> {
    %l = sinter.reduce sum %d dims = [0, 1] : tensor<1536x1536xf32> -> tensor<f32>
    sinter.return %l : tensor<f32>
  }
  sinter.optimizer sgd {learning_rate = 0.01}
}
