// A product takes the elementwise ops on its result along; nothing is computed on the fly for its operands.
// RUN: sinter-opt %s --sinter-decompose --canonicalize --cse --convert-sinter-to-linalg --canonicalize --cse \
// RUN:   --sinter-fuse-kernels | FileCheck %s

// CHECK-DAG: #[[ELEMENT:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[COLUMN:.*]] = affine_map<(d0, d1) -> (d1)>

// The derivative that the backward pass will ask for is made with the activation.
// CHECK-LABEL: func.func @activation_and_derivative(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>, %[[W:[^:]*]]: tensor<8x4xf32>, %[[B:[^:]*]]: tensor<8xf32>
// CHECK: %[[KERNEL:.*]]:2 = sinter.kernel "linear_sigmoid" source ["linear", "sigmoid", "sub", "mul"] ins(%[[X]], %[[W]], %[[B]] :
// CHECK-NEXT: ^bb0(%{{[^:]*}}: tensor<?x4xf32>, %{{[^:]*}}: tensor<8x4xf32>, %[[BIAS:[^:]*]]: tensor<8xf32>, %[[OUT:[^:]*]]: tensor<?x8xf32>, %[[OUT1:[^:]*]]: tensor<?x8xf32>):
// CHECK: %[[PRODUCT:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]}
// CHECK: %[[GENERIC:.*]]:2 = linalg.generic {indexing_maps = [#[[ELEMENT]], #[[COLUMN]], #[[ELEMENT]], #[[ELEMENT]]], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: ins(%[[PRODUCT]], %[[BIAS]] : {{.*}} outs(%[[OUT]], %[[OUT1]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[IN1:[^:]*]]: f32,
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[IN]], %[[IN1]]
// CHECK-NEXT: %[[NEGF:.*]] = arith.negf %[[ADDF]]
// CHECK-NEXT: %[[EXP:.*]] = math.exp %[[NEGF]]
// CHECK-NEXT: %[[ONE:.*]] = arith.constant 1.0
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[EXP]], %[[ONE]]
// CHECK-NEXT: %[[SIGMOID:.*]] = arith.divf %[[ONE]], %[[ADDF]]
// CHECK-NEXT: %[[SUBF:.*]] = arith.subf %[[ONE]], %[[SIGMOID]]
// CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[SIGMOID]], %[[SUBF]]
// CHECK-NEXT: linalg.yield %[[SIGMOID]], %[[MULF]]
// CHECK: sinter.yield %[[GENERIC]]#0, %[[GENERIC]]#1
// CHECK-NEXT: }
// CHECK-NEXT: return %[[KERNEL]]#0, %[[KERNEL]]#1
func.func @activation_and_derivative(%x: tensor<?x4xf32>, %w: tensor<8x4xf32>, %b: tensor<8xf32>) -> (tensor<?x8xf32>, tensor<?x8xf32>) {
  %y = sinter.linear %x, %w, %b : (tensor<?x4xf32>, tensor<8x4xf32>, tensor<8xf32>) -> tensor<?x8xf32>
  %s = sinter.sigmoid %y : tensor<?x8xf32>
  %o = sinter.constant dense<1.0> : tensor<1x8xf32> -> tensor<?x8xf32>
  %c = sinter.sub %o, %s : tensor<?x8xf32>
  %d = sinter.mul %s, %c : tensor<?x8xf32>
  return %s, %d : tensor<?x8xf32>, tensor<?x8xf32>
}

// Other large operands, a mask and a residual, are read in the epilogue.
// CHECK-LABEL: func.func @mask_and_residual(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>, %[[W:[^:]*]]: tensor<8x4xf32>, %[[R:[^:]*]]: tensor<?x8xf32>, %[[P:[^:]*]]: tensor<?x8xi1>
// CHECK: %[[KERNEL:.*]] = sinter.kernel "linear" source ["linear", "select", "add"] ins(%[[X]], %[[W]], %[[P]], %[[R]] :
// CHECK-NEXT: ^bb0(%{{[^:]*}}: tensor<?x4xf32>, %{{[^:]*}}: tensor<8x4xf32>, %[[MASK:[^:]*]]: tensor<?x8xi1>, %[[RESIDUAL:[^:]*]]: tensor<?x8xf32>,
// CHECK: %[[PRODUCT:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]}
// CHECK: linalg.generic {{.*}} ins(%[[MASK]], %[[PRODUCT]], %[[RESIDUAL]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: i1, %[[IN1:[^:]*]]: f32, %[[IN2:[^:]*]]: f32,
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.0
// CHECK-NEXT: %[[SELECT:.*]] = arith.select %[[IN]], %[[IN1]], %[[ZERO]]
// CHECK-NEXT: arith.addf %[[SELECT]], %[[IN2]]
// CHECK: return %[[KERNEL]]
func.func @mask_and_residual(%x: tensor<?x4xf32>, %w: tensor<8x4xf32>, %r: tensor<?x8xf32>, %p: tensor<?x8xi1>) -> tensor<?x8xf32> {
  %z = sinter.constant dense<0.0> : tensor<1x8xf32> -> tensor<?x8xf32>
  %y = sinter.linear %x, %w : (tensor<?x4xf32>, tensor<8x4xf32>) -> tensor<?x8xf32>
  %m = sinter.select %p, %y, %z : tensor<?x8xf32>
  %s = sinter.add %m, %r : tensor<?x8xf32>
  return %s : tensor<?x8xf32>
}

// Two products are two kernels; what needs both is in the one that can run last.
// CHECK-LABEL: func.func @gated(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x4xf32>, %[[W:[^:]*]]: tensor<8x4xf32>, %[[V:[^:]*]]: tensor<8x4xf32>
// CHECK: %[[GATE:.*]] = sinter.kernel "linear_sigmoid" source ["linear", "sigmoid"] ins(%[[X]], %[[V]] :
// CHECK: math.exp
// CHECK: %[[KERNEL:.*]] = sinter.kernel "linear" source ["linear", "mul"] ins(%[[X]], %[[W]], %[[GATE]] :
// CHECK-NOT: sinter.kernel
// CHECK: return %[[KERNEL]]
func.func @gated(%x: tensor<?x4xf32>, %w: tensor<8x4xf32>, %v: tensor<8x4xf32>) -> tensor<?x8xf32> {
  %y = sinter.linear %x, %w : (tensor<?x4xf32>, tensor<8x4xf32>) -> tensor<?x8xf32>
  %z = sinter.linear %x, %v : (tensor<?x4xf32>, tensor<8x4xf32>) -> tensor<?x8xf32>
  %s = sinter.sigmoid %z : tensor<?x8xf32>
  %p = sinter.mul %y, %s : tensor<?x8xf32>
  return %p : tensor<?x8xf32>
}

// The update of a state tensor is a pass of its own.
// CHECK-LABEL: func.func @update(
// CHECK-SAME: %[[W:[^:]*]]: tensor<8x4xf32> {{.*}}, %[[X:[^:]*]]: tensor<?x4xf32>, %[[G:[^:]*]]: tensor<?x8xf32>
// CHECK: %[[DW:.*]] = sinter.kernel "dot_general" source ["dot_general"] ins(%[[G]], %[[X]] :
// CHECK: %[[KERNEL:.*]] = sinter.kernel "sub" source ["sub"] ins(%[[DW]] : {{.*}} outs(%[[W]] :
// CHECK: return %[[KERNEL]]
func.func @update(%w: tensor<8x4xf32> {sinter.role = "state", sinter.name = "w"}, %x: tensor<?x4xf32>, %g: tensor<?x8xf32>)
    -> (tensor<8x4xf32> {sinter.role = "state", sinter.name = "w"}) {
  %d = sinter.dot_general %g, %x batch = [] x [] contract = [0] x [0] : (tensor<?x8xf32>, tensor<?x4xf32>) -> tensor<8x4xf32>
  %n = sinter.sub %w, %d : tensor<8x4xf32>
  return %n : tensor<8x4xf32>
}
