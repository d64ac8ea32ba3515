// A step of mixed precision, recorded with PyTorch 2.14 in double precision: a custom autograd function multiplies
// x.float().bfloat16().double() with the weight rounded alike, and its backward pass rounds the cotangent for both products.
// (torch.manual_seed(7); tensors of randn rounded to two digits; loss ((y - t)**2).mean(); gradients printed with six digits.)
// RUN: sinter-opt %s --sinter-differentiate | sinter-interp - --entry gradient | FileCheck %s

// CHECK: f32 4.84393
// CHECK-NEXT: 6x5xf32 {{\[\[}}0.313975, -0.135278, -0.331486, 0.516854, -0.0794254], [-0.171432, 0.0438786, 0.0144806, -0.638882, -0.163375], [-0.772128, -0.372841, -0.168895, -1.20671, -0.162811], [0.848648, -0.185252, -0.774999, 0.931364, -0.347847], [-0.287305, -0.130551, 0.0238084, 0.261812, 0.223107], [0.000156641, 0.0101878, -0.00767511, 0.00553006, -0.00544183]]
// CHECK-NEXT: 6xf32 [-0.366899, 0.393009, 0.631162, -0.671437, -0.129898, 0.0053434]
// CHECK-NEXT: 3x6xf32 {{\[\[}}-0.847282, 0.119022, -0.198406, 0.861664, -1.05519, 1.02026], [-0.544073, -0.946213, 0.293741, 0.423108, -0.660756, 0.667831], [-0.972353, -0.00836945, -0.436625, 0.780079, -0.994658, 1.05177]]
// CHECK-NEXT: 3xf32 [-1.0505, -0.684813, -1.06493]
func.func @loss(%x: tensor<4x5xf32>, %t: tensor<4x3xf32>, %w1: tensor<6x5xf32>, %b1: tensor<6xf32>, %w2: tensor<3x6xf32>, %b2: tensor<3xf32>)
    -> tensor<f32> {
  %xh = sinter.convert %x : tensor<4x5xf32> to tensor<4x5xbf16>
  %w1h = sinter.convert %w1 : tensor<6x5xf32> to tensor<6x5xbf16>
  %z = sinter.linear %xh, %w1h, %b1 : (tensor<4x5xbf16>, tensor<6x5xbf16>, tensor<6xf32>) -> tensor<4x6xf32>
  %h = sinter.tanh %z : tensor<4x6xf32>
  %hh = sinter.convert %h : tensor<4x6xf32> to tensor<4x6xbf16>
  %w2h = sinter.convert %w2 : tensor<3x6xf32> to tensor<3x6xbf16>
  %y = sinter.linear %hh, %w2h, %b2 : (tensor<4x6xbf16>, tensor<3x6xbf16>, tensor<3xf32>) -> tensor<4x3xf32>
  %l = sinter.mse_loss %y, %t : (tensor<4x3xf32>, tensor<4x3xf32>) -> tensor<f32>
  return %l : tensor<f32>
}
func.func @gradient() -> (tensor<f32>, tensor<6x5xf32>, tensor<6xf32>, tensor<3x6xf32>, tensor<3xf32>) {
  %x = sinter.constant dense<[[-0.82, 0.4, 0.9, -1.39, 0.2], [0.78, 1.04, -0.72, -0.85, -1.22], [-0.08, 1.36, -2.06, 0.67, -1.32], [-1.36, -0.87, -0.56, -2.06, -0.36]]> : tensor<4x5xf32> -> tensor<4x5xf32>
  %t = sinter.constant dense<[[2.45, 2.03, 1.78], [-0.92, -0.46, -0.72], [1.28, -0.99, 1.81], [-0.6, 1.61, 1.93]]> : tensor<4x3xf32> -> tensor<4x3xf32>
  %w1 = sinter.constant dense<[[-0.53, 0.3, -1.42, -0.16, 0.13], [0.18, -0.51, 0.8, -0.94, -1.24], [-0.06, 0.45, -0.89, 1.2, -0.08], [0.51, 1.12, 1.13, 0.14, -0.55], [-0.54, 0.83, -0.56, -0.44, 1.16], [0.09, 0.27, -0.19, 0.38, 1.91]]> : tensor<6x5xf32> -> tensor<6x5xf32>
  %b1 = sinter.constant dense<[1.3, -0.8, 2.19, -1.16, 1.06, -1.68]> : tensor<6xf32> -> tensor<6xf32>
  %w2 = sinter.constant dense<[[0.64, 0.61, 0.63, 1.0, -2.19, -0.99], [0.89, -1.49, -0.89, 0.9, 0.15, 1.37], [-0.38, 0.17, -0.54, -0.16, 0.93, 0.06]]> : tensor<3x6xf32> -> tensor<3x6xf32>
  %b2 = sinter.constant dense<[-0.56, 1.16, -0.69]> : tensor<3xf32> -> tensor<3xf32>
  %l, %dw1, %db1, %dw2, %db2 = sinter.value_and_grad @loss(%x, %t, %w1, %b1, %w2, %b2) wrt [2, 3, 4, 5]
      : (tensor<4x5xf32>, tensor<4x3xf32>, tensor<6x5xf32>, tensor<6xf32>, tensor<3x6xf32>, tensor<3xf32>)
      -> (tensor<f32>, tensor<6x5xf32>, tensor<6xf32>, tensor<3x6xf32>, tensor<3xf32>)
  return %l, %dw1, %db1, %dw2, %db2 : tensor<f32>, tensor<6x5xf32>, tensor<6xf32>, tensor<3x6xf32>, tensor<3xf32>
}
