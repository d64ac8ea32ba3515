// A perceptron with Adam becomes twelve kernels: epilogues of products, one row kernel for the loss and its gradient, and all
// arithmetic of a parameter's update in one pass.
// RUN: sinter-opt %s --sinter-to-model --sinter-to-step=batch=8 --sinter-to-kernels | FileCheck %s

// CHECK-DAG: #[[SCALAR:.*]] = affine_map<() -> ()>
// CHECK-DAG: #[[ELEMENT:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[OF_ROW:.*]] = affine_map<(d0, d1) -> (d0)>
// CHECK-DAG: #[[OF_COLUMN:.*]] = affine_map<(d0, d1) -> (d1)>
// CHECK-DAG: #[[OF_ALL:.*]] = affine_map<(d0, d1) -> ()>
// CHECK-DAG: #[[VECTOR:.*]] = affine_map<(d0) -> (d0)>

sinter.parameter @w1 : tensor<16x6xf32> = kaiming_uniform(2.236)
sinter.parameter @b1 : tensor<16xf32> = zeros
sinter.parameter @w2 : tensor<3x16xf32> = kaiming_uniform(2.236)
sinter.parameter @b2 : tensor<3xf32> = zeros
sinter.model @mlp(%x: tensor<?x6xf32>) -> tensor<?x3xf32> {
  %w1, %b1, %w2, %b2 = sinter.get @w1, @b1, @w2, @b2 : tensor<16x6xf32>, tensor<16xf32>, tensor<3x16xf32>, tensor<3xf32>
  %h = sinter.linear %x, %w1, %b1 : (tensor<?x6xf32>, tensor<16x6xf32>, tensor<16xf32>) -> tensor<?x16xf32>
  %a = sinter.relu %h : tensor<?x16xf32>
  %y = sinter.linear %a, %w2, %b2 : (tensor<?x16xf32>, tensor<3x16xf32>, tensor<3xf32>) -> tensor<?x3xf32>
  sinter.return %y : tensor<?x3xf32>
}
sinter.loss @loss(%y: tensor<?x3xf32>, %label: tensor<?xi32>) -> tensor<f32> {
  %l = sinter.cross_entropy %y, %label : (tensor<?x3xf32>, tensor<?xi32>) -> tensor<f32>
  sinter.return %l : tensor<f32>
}
sinter.optimizer adam

// CHECK-LABEL: func.func @train_step(
// CHECK-SAME: %[[W1:[^:]*]]: tensor<16x6xf32> {sinter.name = "w1", {{[^}]*}}}, %[[B1:[^:]*]]: tensor<16xf32> {{[^}]*}}},
// CHECK-SAME: %[[W2:[^:]*]]: tensor<3x16xf32> {{[^}]*}}}, %[[B2:[^:]*]]: tensor<3xf32> {{[^}]*}}},
// CHECK-SAME: %[[W1_M:[^:]*]]: tensor<16x6xf32> {sinter.name = "w1.exp_avg", {{[^}]*}}},
// CHECK-SAME: %[[W1_V:[^:]*]]: tensor<16x6xf32> {sinter.name = "w1.exp_avg_sq", {{[^}]*}}},
// CHECK-SAME: %[[B1_M:[^:]*]]: tensor<16xf32> {{[^}]*}}}, %[[B1_V:[^:]*]]: tensor<16xf32> {{[^}]*}}},
// CHECK-SAME: %[[W2_M:[^:]*]]: tensor<3x16xf32> {{[^}]*}}}, %[[W2_V:[^:]*]]: tensor<3x16xf32> {{[^}]*}}},
// CHECK-SAME: %[[B2_M:[^:]*]]: tensor<3xf32> {{[^}]*}}}, %[[B2_V:[^:]*]]: tensor<3xf32> {{[^}]*}}},
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x6xf32> {{[^}]*}}}, %[[LABEL:[^:]*]]: tensor<?xi32> {{[^}]*}}}, %[[RATE:[^:]*]]: tensor<f64>
// CHECK-SAME: %[[STEP:[^:]*]]: tensor<i64>
//
// The scalars of this call: 1 / rows, 1 / sqrt(1 - beta2^step), rate / (1 - beta1^step).
// CHECK: %[[SCALARS:.*]]:3 = sinter.kernel "scalars" {{.*}}<map, {{.*}} ins(%[[STEP]], %[[RATE]], %[[X]] :
// CHECK: linalg.generic {indexing_maps = [#[[SCALAR]], #[[SCALAR]], #[[SCALAR]], #[[SCALAR]], #[[SCALAR]]]
//
// Bias and activation while the product's tile is in registers.
// CHECK: %[[A:.*]] = sinter.kernel "linear_relu" source ["linear", "relu"] {{.*}}<contraction, {{.*}} ins(%[[X]], %[[W1]], %[[B1]] :
// CHECK: ^bb0(%{{[^:]*}}: tensor<?x6xf32>, %{{[^:]*}}: tensor<16x6xf32>, %[[BIAS:[^:]*]]: tensor<16xf32>, %[[OUT:[^:]*]]: tensor<?x16xf32>):
// CHECK: %[[PRODUCT:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "parallel", "reduction"]}
// CHECK: linalg.generic {indexing_maps = [#[[ELEMENT]], #[[OF_COLUMN]], #[[ELEMENT]]], {{.*}} ins(%[[PRODUCT]], %[[BIAS]] : {{.*}} outs(%[[OUT]] :
// CHECK: ^bb0(%[[IN:[^:]*]]: f32, %[[IN1:[^:]*]]: f32,
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[IN]], %[[IN1]]
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.0
// CHECK-NEXT: %[[MAXIMUMF:.*]] = arith.maximumf %[[ADDF]], %[[ZERO]]
// CHECK-NEXT: linalg.yield %[[MAXIMUMF]]
//
// The result goes into a row kernel: only the bias is added here.
// CHECK: %[[Y:.*]] = sinter.kernel "linear" source ["linear"] {{.*}}<contraction, {{.*}} ins(%[[A]], %[[W2]], %[[B2]] :
//
// Losses of the rows and gradient of the logits: e^(y - max) is kept, read by the sum, the logarithm and the gradient.
// CHECK: %[[LOSS:.*]]:2 = sinter.kernel "cross_entropy_softmax" {{.*}}<row, {{.*}} ins(%[[Y]], %[[LABEL]], %[[SCALARS]]#0 :
// CHECK: %[[MAX:.*]] = linalg.generic {indexing_maps = [#[[ELEMENT]], #[[OF_ROW]]], iterator_types = ["parallel", "reduction"]}
// CHECK: arith.maximumf
// CHECK: %[[EXP:.*]] = linalg.generic {{.*}} ins(%{{.*}}, %[[MAX]] :
// CHECK: math.exp
// CHECK: %[[SUM:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%[[EXP]] :
// CHECK: %[[OF_SUM:.*]]:2 = linalg.generic {{.*}} ins(%[[SUM]] :
// CHECK: math.log
// CHECK: arith.divf
// CHECK: %[[HIT:.*]] = linalg.generic {{.*}} iterator_types = ["parallel", "reduction"]} ins(%{{.*}}, %{{.*}}, %[[MAX]], %[[OF_SUM]]#0 :
// CHECK: %[[GRADIENT:.*]] = linalg.generic {{.*}} ins(%{{.*}}, %[[EXP]], %[[OF_SUM]]#1, %{{.*}} :
// CHECK-NOT: math.exp
// CHECK: %[[NEGATED:.*]] = linalg.generic {{.*}} ins(%[[HIT]] :
// CHECK: sinter.yield %[[NEGATED]], %[[GRADIENT]]
//
// A bias: the sum of the columns and what Adam makes of it, moments and parameter in their places.
// CHECK: %[[B2_NEW:.*]]:3 = sinter.kernel "adam" {{.*}}<column,
// CHECK-SAME: ins(%[[LOSS]]#1, %[[SCALARS]]#2, %[[SCALARS]]#1 : {{.*}} outs(%[[B2]], %[[B2_M]], %[[B2_V]] :
// CHECK: linalg.generic {indexing_maps = [#[[ELEMENT]], #[[OF_COLUMN]]], iterator_types = ["reduction", "parallel"]}
// CHECK: linalg.generic {{.*}} iterator_types = ["parallel"]}
// CHECK-NOT: linalg.generic
//
// The gradient of the activation as the epilogue of the product that it follows on; it is found from the activation.
// CHECK: %[[DH:.*]] = sinter.kernel "dot_general" {{.*}}<contraction, {{.*}} ins(%[[LOSS]]#1, %[[W2]], %[[A]] :
// CHECK: arith.cmpf ogt
// CHECK-NEXT: arith.select
// CHECK: %[[B1_NEW:.*]]:3 = sinter.kernel "adam" {{.*}}<column, {{.*}} ins(%[[DH]], {{.*}} outs(%[[B1]], %[[B1_M]], %[[B1_V]] :
//
// The loss of the call is the sum over the rows times 1 / rows.
// CHECK: %[[MEAN:.*]] = sinter.kernel "cross_entropy" {{.*}}<row, {{.*}} ins(%[[LOSS]]#0, %[[SCALARS]]#0 :
//
// A weight: the gradient, then one pass over gradient, moments and parameter.
// CHECK: %[[DW2:.*]] = sinter.kernel "dot_general" {{.*}}<contraction, {{.*}} ins(%[[LOSS]]#1, %[[A]] :
// CHECK: %[[W2_NEW:.*]]:3 = sinter.kernel "adam" {{.*}}<map,
// CHECK-SAME: ins(%[[SCALARS]]#2, %[[DW2]], %[[SCALARS]]#1 : {{.*}} outs(%[[W2]], %[[W2_M]], %[[W2_V]] :
// CHECK: ^bb0(%[[R:[^:]*]]: tensor<f32>, %[[G:[^:]*]]: tensor<3x16xf32>, %[[C:[^:]*]]: tensor<f32>, %[[P:[^:]*]]: tensor<3x16xf32>, %[[M:[^:]*]]: tensor<3x16xf32>, %[[V:[^:]*]]: tensor<3x16xf32>):
// CHECK-NEXT: linalg.generic {indexing_maps = [#[[ELEMENT]], #[[OF_ALL]], #[[ELEMENT]], #[[ELEMENT]], #[[ELEMENT]], #[[OF_ALL]],
// CHECK-SAME: ins(%[[P]], %[[R]], %[[M]], %[[G]], %[[V]], %[[C]] : {{.*}} outs(%[[P]], %[[M]], %[[V]] :
// CHECK-NEXT: ^bb0(%[[P:[^:]*]]: f32, %[[R:[^:]*]]: f32, %[[M:[^:]*]]: f32, %[[G:[^:]*]]: f32, %[[V:[^:]*]]: f32, %[[C:[^:]*]]: f32,
// CHECK-NEXT: %[[SUBF:.*]] = arith.subf %[[G]], %[[M]]
// CHECK-NEXT: %[[C_1:.*]] = arith.constant 1.000000e-01
// CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[SUBF]], %[[C_1]]
// CHECK-NEXT: %[[M_NEW:.*]] = arith.addf %[[M]], %[[MULF]]
// CHECK-NEXT: %[[C_999:.*]] = arith.constant 9.990000e-01
// CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[V]], %[[C_999]]
// CHECK-NEXT: %[[SQUARE:.*]] = arith.mulf %[[G]], %[[G]]
// CHECK-NEXT: %[[C_001:.*]] = arith.constant 1.000000e-03
// CHECK-NEXT: %[[MULF1:.*]] = arith.mulf %[[SQUARE]], %[[C_001]]
// CHECK-NEXT: %[[V_NEW:.*]] = arith.addf %[[MULF]], %[[MULF1]]
// CHECK-NEXT: %[[SQRT:.*]] = math.sqrt %[[V_NEW]]
// CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[SQRT]], %[[C]]
// CHECK-NEXT: %[[EPSILON:.*]] = arith.constant 9.99999993E-9
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[MULF]], %[[EPSILON]]
// CHECK-NEXT: %[[DIVF:.*]] = arith.divf %[[M_NEW]], %[[ADDF]]
// CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[R]], %[[DIVF]]
// CHECK-NEXT: %[[P_NEW:.*]] = arith.subf %[[P]], %[[MULF]]
// CHECK-NEXT: %[[ABSF:.*]] = math.absf %[[M_NEW]]
// CHECK-NEXT: %[[SMALLEST:.*]] = arith.constant 1.17549435E-38
// CHECK-NEXT: %[[CMPF:.*]] = arith.cmpf olt, %[[ABSF]], %[[SMALLEST]]
// CHECK-NEXT: %[[ZERO:.*]] = arith.constant 0.0
// CHECK-NEXT: %[[M_KEPT:.*]] = arith.select %[[CMPF]], %[[ZERO]], %[[M_NEW]]
// CHECK-NEXT: %[[CMPF:.*]] = arith.cmpf olt, %[[V_NEW]], %[[SMALLEST]]
// CHECK-NEXT: %[[V_KEPT:.*]] = arith.select %[[CMPF]], %[[ZERO]], %[[V_NEW]]
// CHECK-NEXT: linalg.yield %[[P_NEW]], %[[M_KEPT]], %[[V_KEPT]]
// CHECK: %[[DW1:.*]] = sinter.kernel "dot_general" {{.*}}<contraction, {{.*}} ins(%[[DH]], %[[X]] :
// CHECK: %[[W1_NEW:.*]]:3 = sinter.kernel "adam" {{.*}}<map, {{.*}} ins(%[[SCALARS]]#2, %[[DW1]], {{.*}} outs(%[[W1]], %[[W1_M]], %[[W1_V]] :
// CHECK-NOT: sinter.kernel
// CHECK: return %[[W1_NEW]]#0, %[[B1_NEW]]#0, %[[W2_NEW]]#0, %[[B2_NEW]]#0, %[[W1_NEW]]#1, %[[W1_NEW]]#2, %[[B1_NEW]]#1, %[[B1_NEW]]#2,
// CHECK-SAME: %[[W2_NEW]]#1, %[[W2_NEW]]#2, %[[B2_NEW]]#1, %[[B2_NEW]]#2, %[[MEAN]] :
