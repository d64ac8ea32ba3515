// Phase `kernels`: composites decomposed, linalg ops in kernels, each with a schedule for the CPU that is asked for.
// RUN: sinter-opt %s --sinter-to-kernels | FileCheck %s --check-prefixes=CHECK,CHEAP,V3 --implicit-check-not='= sinter.{{[^k]}}'
// RUN: sinter-opt %s --sinter-to-kernels='cpu=x86-64-v4 cheap-cost=1' | FileCheck %s --check-prefixes=CHECK,KEPT,V4
// RUN: sinter-opt %s --sinter-to-kernels | sinter-opt --sinter-verify-phase=phase=kernels

module attributes {sinter.batch = 8 : i64} {
  sinter.state "w" parameter : tensor<3x4xf32>

  // Kernels stand behind each other, with their destinations; what goes into a product is in memory.
  // CHECK-LABEL: func.func @predict(
  // CHECK-SAME: %[[W:[^:]*]]: tensor<3x4xf32> {{.*}}, %[[X:[^:]*]]: tensor<?x4xf32>
  // CHECK: %[[DIM:.*]] = tensor.dim %[[X]]
  // CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty(%[[DIM]]) : tensor<?x4xf32>
  // V3-NEXT: %[[SOFTMAX:.*]] = sinter.kernel "softmax" source ["softmax"] schedule <row, tile = [{{.*}}], vector = 8, parallel = false>
  // V3-SAME: ins(%[[X]] : tensor<?x4xf32>) outs(%[[EMPTY]] :
  // V4-NEXT: %[[SOFTMAX:.*]] = sinter.kernel "softmax" source ["softmax"] schedule <row, tile = [{{.*}}], vector = 16, parallel = false>
  // V4-SAME: ins(%[[X]] : tensor<?x4xf32>) outs(%[[EMPTY]] :
  // CHECK: %[[EMPTY:.*]] = tensor.empty(%[[DIM]]) : tensor<?x3xf32>
  // V3-NEXT: %[[LINEAR:.*]] = sinter.kernel "linear" source ["linear"] schedule <contraction, tile = [{{.*}}], vector = 8, parallel = false>
  // V3-SAME: ins(%[[SOFTMAX]], %[[W]] : {{.*}} outs(%[[EMPTY]] :
  // V4-NEXT: %[[LINEAR:.*]] = sinter.kernel "linear" source ["linear"] schedule <contraction, tile = [{{.*}}], vector = 16, parallel = false>
  // V4-SAME: ins(%[[SOFTMAX]], %[[W]] : {{.*}} outs(%[[EMPTY]] :
  // CHECK: return %[[LINEAR]]
  func.func @predict(%w: tensor<3x4xf32> {sinter.role = "state", sinter.name = "w"}, %x: tensor<?x4xf32> {sinter.role = "input", sinter.name = "x"})
      -> (tensor<?x3xf32> {sinter.role = "output", sinter.name = "y"}) {
    %s = sinter.softmax %x dim = 1 : tensor<?x4xf32>
    %y = sinter.linear %s, %w : (tensor<?x4xf32>, tensor<3x4xf32>) -> tensor<?x3xf32>
    return %y : tensor<?x3xf32>
  }

  // A difference and a square: computed twice, or kept.
  // CHECK-LABEL: func.func @eval_step(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>
  // CHEAP: sinter.kernel "sub_square_reduce" {{.*}} ins(%[[X]] :
  // CHEAP: sinter.kernel "sub_square_reduce" {{.*}} ins(%[[X]] :
  // KEPT: %[[KEPT:.*]]:2 = sinter.kernel "sub_square_reduce" {{.*}} ins(%[[X]] :
  // KEPT: sinter.kernel "reduce" {{.*}} ins(%[[KEPT]]#0 :
  func.func @eval_step(%x: tensor<?x4xf32> {sinter.role = "input", sinter.name = "x"})
      -> (tensor<?xf32> {sinter.role = "output", sinter.name = "rows"}, tensor<4xf32> {sinter.role = "output", sinter.name = "columns"}) {
    %c = sinter.constant dense<3.0> : tensor<1x4xf32> -> tensor<?x4xf32>
    %a = sinter.sub %x, %c : tensor<?x4xf32>
    %b = sinter.square %a : tensor<?x4xf32>
    %r = sinter.reduce sum %b dims = [1] : tensor<?x4xf32> -> tensor<?xf32>
    %s = sinter.reduce sum %b dims = [0] : tensor<?x4xf32> -> tensor<4xf32>
    return %r, %s : tensor<?xf32>, tensor<4xf32>
  }
}
