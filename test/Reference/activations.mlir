// What the activations mean: PyTorch's definitions.
// RUN: sinter-interp %s | FileCheck %s

// CHECK: 4xf32 [0, 0, 0, 1.5]
// CHECK-NEXT: 4xf32 [-0.4, -0.1, 0, 1.5]
// CHECK-NEXT: 4xf32 [-1.297, -0.590204, 0, 1.5]
// CHECK-NEXT: 4xf32 [-0.238406, -0.18877, 0, 1.22636]
// CHECK-NEXT: 4xf32 [0.126928, 0.474077, 0.693147, 1.70141]
// CHECK-NEXT: 4xf32 [0.00907496, 0.156631, 0.346574, 1.5]
// CHECK-NEXT: 4xf32 [-0.0455003, -0.154269, 0, 1.39979]
// CHECK-NEXT: 4xf32 [-0.0454023, -0.154286, 0, 1.39957]
func.func @main() -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %x = sinter.constant dense<[-2.0, -0.5, 0.0, 1.5]> : tensor<4xf32> -> tensor<4xf32>
  %relu = sinter.relu %x : tensor<4xf32>
  %leaky = sinter.leaky_relu %x slope = 0.2 : tensor<4xf32>
  %elu = sinter.elu %x alpha = 1.5 : tensor<4xf32>
  %silu = sinter.silu %x : tensor<4xf32>
  %softplus = sinter.softplus %x : tensor<4xf32>
  %threshold = sinter.softplus %x beta = 2.0 threshold = 2.0 : tensor<4xf32>
  %gelu = sinter.gelu %x : tensor<4xf32>
  %tanh = sinter.gelu %x tanh : tensor<4xf32>
  return %relu, %leaky, %elu, %silu, %softplus, %threshold, %gelu, %tanh : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}
