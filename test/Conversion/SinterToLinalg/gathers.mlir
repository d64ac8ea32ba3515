// Ops that read at computed places: tensor.extract with indices that are always in range.
// RUN: sinter-opt %s --convert-sinter-to-linalg | FileCheck %s

// CHECK-DAG: #[[MAP:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[MAP1:.*]] = affine_map<(d0) -> (d0)>

// start + i stride.
// CHECK-LABEL: func.func @slice(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x9xf32>
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK: %[[DIM:.*]] = tensor.dim %[[X]], %[[C0]]
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty(%[[DIM]]) : tensor<?x4xf32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]]], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: outs(%[[EMPTY]] :
// CHECK-NEXT: ^bb0(%[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[INDEX:.*]] = linalg.index 0
// CHECK-NEXT: %[[INDEX1:.*]] = linalg.index 1
// CHECK-NEXT: %[[C2:.*]] = arith.constant 2 : index
// CHECK-NEXT: %[[MULI:.*]] = arith.muli %[[INDEX1]], %[[C2]]
// CHECK-NEXT: %[[C1:.*]] = arith.constant 1 : index
// CHECK-NEXT: %[[ADDI:.*]] = arith.addi %[[MULI]], %[[C1]]
// CHECK-NEXT: %[[EXTRACT:.*]] = tensor.extract %[[X]][%[[INDEX]], %[[ADDI]]]
// CHECK-NEXT: linalg.yield %[[EXTRACT]]
// CHECK-NEXT: } -> tensor<?x4xf32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @slice(%x: tensor<?x9xf32>) -> tensor<?x4xf32> {
  %y = sinter.slice %x [0:-1:1, 1:8:2] : tensor<?x9xf32> -> tensor<?x4xf32>
  return %y : tensor<?x4xf32>
}

// Inside [2, 2 + 5) the element at i - 2, else the padding; below 2 the offset is huge as an unsigned number.
// CHECK-LABEL: func.func @pad(
// CHECK-SAME: %[[X:[^:]*]]: tensor<5xf32>
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<8xf32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP1]]], iterator_types = ["parallel"]}
// CHECK-SAME: outs(%[[EMPTY]] :
// CHECK-NEXT: ^bb0(%[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[INDEX:.*]] = linalg.index 0
// CHECK-NEXT: %[[CM2:.*]] = arith.constant -2 : index
// CHECK-NEXT: %[[ADDI:.*]] = arith.addi %[[INDEX]], %[[CM2]]
// CHECK-NEXT: %[[C5:.*]] = arith.constant 5 : index
// CHECK-NEXT: %[[CMPI:.*]] = arith.cmpi ult, %[[ADDI]], %[[C5]]
// CHECK-NEXT: %[[C0:.*]] = arith.constant 0 : index
// CHECK-NEXT: %[[SELECT:.*]] = arith.select %[[CMPI]], %[[ADDI]], %[[C0]]
// CHECK-NEXT: %[[EXTRACT:.*]] = tensor.extract %[[X]][%[[SELECT]]]
// CHECK-NEXT: %[[HALF:.*]] = arith.constant 5.000000e-01 : f32
// CHECK-NEXT: %[[SELECT1:.*]] = arith.select %[[CMPI]], %[[EXTRACT]], %[[HALF]]
// CHECK-NEXT: linalg.yield %[[SELECT1]]
// CHECK-NEXT: } -> tensor<8xf32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @pad(%x: tensor<5xf32>) -> tensor<8xf32> {
  %y = sinter.pad %x value = 0.5 low = [2] high = [1] interior = [0] : tensor<5xf32> -> tensor<8xf32>
  return %y : tensor<8xf32>
}

// One element every third place: 3 elements reach over (3 - 1) 3 + 1 = 7.
// CHECK-LABEL: func.func @pad_between(
// CHECK-SAME: %[[X:[^:]*]]: tensor<?x3xi32>
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK: %[[DIM:.*]] = tensor.dim %[[X]], %[[C0]]
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty(%[[DIM]]) : tensor<?x7xi32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]]], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: outs(%[[EMPTY]] :
// CHECK-NEXT: ^bb0(%[[OUT:[^:]*]]: i32):
// CHECK-NEXT: %[[INDEX:.*]] = linalg.index 0
// CHECK-NEXT: %[[INDEX1:.*]] = linalg.index 1
// CHECK-NEXT: %[[C7:.*]] = arith.constant 7 : index
// CHECK-NEXT: %[[CMPI:.*]] = arith.cmpi ult, %[[INDEX1]], %[[C7]]
// CHECK-NEXT: %[[C3:.*]] = arith.constant 3 : index
// CHECK-NEXT: %[[REMUI:.*]] = arith.remui %[[INDEX1]], %[[C3]]
// CHECK-NEXT: %[[C01:.*]] = arith.constant 0 : index
// CHECK-NEXT: %[[CMPI1:.*]] = arith.cmpi eq, %[[REMUI]], %[[C01]]
// CHECK-NEXT: %[[ANDI:.*]] = arith.andi %[[CMPI]], %[[CMPI1]]
// CHECK-NEXT: %[[C31:.*]] = arith.constant 3 : index
// CHECK-NEXT: %[[DIVUI:.*]] = arith.divui %[[INDEX1]], %[[C31]]
// CHECK-NEXT: %[[C02:.*]] = arith.constant 0 : index
// CHECK-NEXT: %[[SELECT:.*]] = arith.select %[[ANDI]], %[[DIVUI]], %[[C02]]
// CHECK-NEXT: %[[EXTRACT:.*]] = tensor.extract %[[X]][%[[INDEX]], %[[SELECT]]]
// CHECK-NEXT: %[[C4:.*]] = arith.constant 4 : i32
// CHECK-NEXT: %[[SELECT1:.*]] = arith.select %[[ANDI]], %[[EXTRACT]], %[[C4]]
// CHECK-NEXT: linalg.yield %[[SELECT1]]
// CHECK-NEXT: } -> tensor<?x7xi32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @pad_between(%x: tensor<?x3xi32>) -> tensor<?x7xi32> {
  %y = sinter.pad %x value = 4.0 low = [0, 0] high = [0, 0] interior = [0, 2] : tensor<?x3xi32> -> tensor<?x7xi32>
  return %y : tensor<?x7xi32>
}

// Nothing to read: padding alone.
// CHECK-LABEL: func.func @pad_empty(
// CHECK-SAME: %[[X:[^:]*]]: tensor<0xf32>
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<3xf32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP1]]], iterator_types = ["parallel"]}
// CHECK-SAME: outs(%[[EMPTY]] :
// CHECK-NEXT: ^bb0(%[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[C1_5:.*]] = arith.constant 1.500000e+00 : f32
// CHECK-NEXT: linalg.yield %[[C1_5]]
// CHECK-NEXT: } -> tensor<3xf32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @pad_empty(%x: tensor<0xf32>) -> tensor<3xf32> {
  %y = sinter.pad %x value = 1.5 low = [1] high = [2] interior = [0] : tensor<0xf32> -> tensor<3xf32>
  return %y : tensor<3xf32>
}

// The second input where i - 2 is one of its indices, the first elsewhere.
// CHECK-LABEL: func.func @concatenate(
// CHECK-SAME: %[[A:[^:]*]]: tensor<?x2xf32>, %[[B:[^:]*]]: tensor<?x3xf32>
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK: %[[DIM:.*]] = tensor.dim %[[A]], %[[C0]]
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty(%[[DIM]]) : tensor<?x5xf32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]]], iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: outs(%[[EMPTY]] :
// CHECK-NEXT: ^bb0(%[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[INDEX:.*]] = linalg.index 0
// CHECK-NEXT: %[[INDEX1:.*]] = linalg.index 1
// CHECK-NEXT: %[[C2:.*]] = arith.constant 2 : index
// CHECK-NEXT: %[[CMPI:.*]] = arith.cmpi ult, %[[INDEX1]], %[[C2]]
// CHECK-NEXT: %[[C01:.*]] = arith.constant 0 : index
// CHECK-NEXT: %[[SELECT:.*]] = arith.select %[[CMPI]], %[[INDEX1]], %[[C01]]
// CHECK-NEXT: %[[EXTRACT:.*]] = tensor.extract %[[A]][%[[INDEX]], %[[SELECT]]]
// CHECK-NEXT: %[[CM2:.*]] = arith.constant -2 : index
// CHECK-NEXT: %[[ADDI:.*]] = arith.addi %[[INDEX1]], %[[CM2]]
// CHECK-NEXT: %[[C3:.*]] = arith.constant 3 : index
// CHECK-NEXT: %[[CMPI1:.*]] = arith.cmpi ult, %[[ADDI]], %[[C3]]
// CHECK-NEXT: %[[C02:.*]] = arith.constant 0 : index
// CHECK-NEXT: %[[SELECT1:.*]] = arith.select %[[CMPI1]], %[[ADDI]], %[[C02]]
// CHECK-NEXT: %[[EXTRACT1:.*]] = tensor.extract %[[B]][%[[INDEX]], %[[SELECT1]]]
// CHECK-NEXT: %[[SELECT2:.*]] = arith.select %[[CMPI1]], %[[EXTRACT1]], %[[EXTRACT]]
// CHECK-NEXT: linalg.yield %[[SELECT2]]
// CHECK-NEXT: } -> tensor<?x5xf32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @concatenate(%a: tensor<?x2xf32>, %b: tensor<?x3xf32>) -> tensor<?x5xf32> {
  %y = sinter.concatenate %a, %b dim = 1 : (tensor<?x2xf32>, tensor<?x3xf32>) -> tensor<?x5xf32>
  return %y : tensor<?x5xf32>
}

// Empty inputs are not read.
// CHECK-LABEL: func.func @concatenate_empty(
// CHECK-SAME: %[[A:[^:]*]]: tensor<0xf32>, %[[B:[^:]*]]: tensor<3xf32>
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<3xf32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP1]]], iterator_types = ["parallel"]}
// CHECK-SAME: outs(%[[EMPTY]] :
// CHECK-NEXT: ^bb0(%[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[INDEX:.*]] = linalg.index 0
// CHECK-NEXT: %[[C3:.*]] = arith.constant 3 : index
// CHECK-NEXT: %[[CMPI:.*]] = arith.cmpi ult, %[[INDEX]], %[[C3]]
// CHECK-NEXT: %[[C0:.*]] = arith.constant 0 : index
// CHECK-NEXT: %[[SELECT:.*]] = arith.select %[[CMPI]], %[[INDEX]], %[[C0]]
// CHECK-NEXT: %[[EXTRACT:.*]] = tensor.extract %[[B]][%[[SELECT]]]
// CHECK-NEXT: linalg.yield %[[EXTRACT]]
// CHECK-NEXT: } -> tensor<3xf32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @concatenate_empty(%a: tensor<0xf32>, %b: tensor<3xf32>) -> tensor<3xf32> {
  %y = sinter.concatenate %a, %b dim = 0 : (tensor<0xf32>, tensor<3xf32>) -> tensor<3xf32>
  return %y : tensor<3xf32>
}

