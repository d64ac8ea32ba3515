// Comparisons, choices, conversions and maps as loops.
// RUN: sinter-opt %s --convert-sinter-to-linalg --canonicalize | FileCheck %s

// CHECK-DAG: #[[MAP1:.*]] = affine_map<(d0, d1) -> (d0, d1)>

// Comparisons of floats are ordered; only `ne` is true for NaN.
// CHECK-LABEL: func.func @compare_floats(
// CHECK-SAME: %[[A:[^:]*]]: tensor<4xf32>, %[[B:[^:]*]]: tensor<4xf32>
// CHECK: %[[GENERIC:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[IN1:[^:]*]]: f32, %[[OUT:[^:]*]]: i1):
// CHECK-NEXT: %[[CMPF:.*]] = arith.cmpf oeq, %[[IN]], %[[IN1]]
// CHECK-NEXT: linalg.yield %[[CMPF]]
// CHECK: %[[GENERIC1:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: f32, %[[IN3:[^:]*]]: f32, %[[OUT1:[^:]*]]: i1):
// CHECK-NEXT: %[[CMPF1:.*]] = arith.cmpf une, %[[IN2]], %[[IN3]]
// CHECK-NEXT: linalg.yield %[[CMPF1]]
// CHECK: %[[GENERIC2:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN4:[^:]*]]: f32, %[[IN5:[^:]*]]: f32, %[[OUT2:[^:]*]]: i1):
// CHECK-NEXT: %[[CMPF2:.*]] = arith.cmpf olt, %[[IN4]], %[[IN5]]
// CHECK-NEXT: linalg.yield %[[CMPF2]]
// CHECK: %[[GENERIC3:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN6:[^:]*]]: f32, %[[IN7:[^:]*]]: f32, %[[OUT3:[^:]*]]: i1):
// CHECK-NEXT: %[[CMPF3:.*]] = arith.cmpf ole, %[[IN6]], %[[IN7]]
// CHECK-NEXT: linalg.yield %[[CMPF3]]
// CHECK: %[[GENERIC4:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN8:[^:]*]]: f32, %[[IN9:[^:]*]]: f32, %[[OUT4:[^:]*]]: i1):
// CHECK-NEXT: %[[CMPF4:.*]] = arith.cmpf ogt, %[[IN8]], %[[IN9]]
// CHECK-NEXT: linalg.yield %[[CMPF4]]
// CHECK: %[[GENERIC5:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN10:[^:]*]]: f32, %[[IN11:[^:]*]]: f32, %[[OUT5:[^:]*]]: i1):
// CHECK-NEXT: %[[CMPF5:.*]] = arith.cmpf oge, %[[IN10]], %[[IN11]]
// CHECK-NEXT: linalg.yield %[[CMPF5]]
// CHECK: return %[[GENERIC]], %[[GENERIC1]], %[[GENERIC2]], %[[GENERIC3]], %[[GENERIC4]], %[[GENERIC5]]
func.func @compare_floats(%a: tensor<4xf32>, %b: tensor<4xf32>)
    -> (tensor<4xi1>, tensor<4xi1>, tensor<4xi1>, tensor<4xi1>, tensor<4xi1>, tensor<4xi1>) {
  %0 = sinter.compare eq, %a, %b : tensor<4xf32>
  %1 = sinter.compare ne, %a, %b : tensor<4xf32>
  %2 = sinter.compare lt, %a, %b : tensor<4xf32>
  %3 = sinter.compare le, %a, %b : tensor<4xf32>
  %4 = sinter.compare gt, %a, %b : tensor<4xf32>
  %5 = sinter.compare ge, %a, %b : tensor<4xf32>
  return %0, %1, %2, %3, %4, %5 : tensor<4xi1>, tensor<4xi1>, tensor<4xi1>, tensor<4xi1>, tensor<4xi1>, tensor<4xi1>
}

// Those of integers are signed.
// CHECK-LABEL: func.func @compare_integers(
// CHECK-SAME: %[[A:[^:]*]]: tensor<4xi64>, %[[B:[^:]*]]: tensor<4xi64>
// CHECK: %[[GENERIC:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: i64, %[[IN1:[^:]*]]: i64, %[[OUT:[^:]*]]: i1):
// CHECK-NEXT: %[[CMPI:.*]] = arith.cmpi eq, %[[IN]], %[[IN1]]
// CHECK-NEXT: linalg.yield %[[CMPI]]
// CHECK: %[[GENERIC1:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: i64, %[[IN3:[^:]*]]: i64, %[[OUT1:[^:]*]]: i1):
// CHECK-NEXT: %[[CMPI1:.*]] = arith.cmpi ne, %[[IN2]], %[[IN3]]
// CHECK-NEXT: linalg.yield %[[CMPI1]]
// CHECK: %[[GENERIC2:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN4:[^:]*]]: i64, %[[IN5:[^:]*]]: i64, %[[OUT2:[^:]*]]: i1):
// CHECK-NEXT: %[[CMPI2:.*]] = arith.cmpi slt, %[[IN4]], %[[IN5]]
// CHECK-NEXT: linalg.yield %[[CMPI2]]
// CHECK: %[[GENERIC3:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN6:[^:]*]]: i64, %[[IN7:[^:]*]]: i64, %[[OUT3:[^:]*]]: i1):
// CHECK-NEXT: %[[CMPI3:.*]] = arith.cmpi sle, %[[IN6]], %[[IN7]]
// CHECK-NEXT: linalg.yield %[[CMPI3]]
// CHECK: %[[GENERIC4:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN8:[^:]*]]: i64, %[[IN9:[^:]*]]: i64, %[[OUT4:[^:]*]]: i1):
// CHECK-NEXT: %[[CMPI4:.*]] = arith.cmpi sgt, %[[IN8]], %[[IN9]]
// CHECK-NEXT: linalg.yield %[[CMPI4]]
// CHECK: %[[GENERIC5:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN10:[^:]*]]: i64, %[[IN11:[^:]*]]: i64, %[[OUT5:[^:]*]]: i1):
// CHECK-NEXT: %[[CMPI5:.*]] = arith.cmpi sge, %[[IN10]], %[[IN11]]
// CHECK-NEXT: linalg.yield %[[CMPI5]]
// CHECK: return %[[GENERIC]], %[[GENERIC1]], %[[GENERIC2]], %[[GENERIC3]], %[[GENERIC4]], %[[GENERIC5]]
func.func @compare_integers(%a: tensor<4xi64>, %b: tensor<4xi64>)
    -> (tensor<4xi1>, tensor<4xi1>, tensor<4xi1>, tensor<4xi1>, tensor<4xi1>, tensor<4xi1>) {
  %0 = sinter.compare eq, %a, %b : tensor<4xi64>
  %1 = sinter.compare ne, %a, %b : tensor<4xi64>
  %2 = sinter.compare lt, %a, %b : tensor<4xi64>
  %3 = sinter.compare le, %a, %b : tensor<4xi64>
  %4 = sinter.compare gt, %a, %b : tensor<4xi64>
  %5 = sinter.compare ge, %a, %b : tensor<4xi64>
  return %0, %1, %2, %3, %4, %5 : tensor<4xi1>, tensor<4xi1>, tensor<4xi1>, tensor<4xi1>, tensor<4xi1>, tensor<4xi1>
}

// The choice of the first value where the predicate is set.
// CHECK-LABEL: func.func @select(
// CHECK-SAME: %[[P:[^:]*]]: tensor<4xi1>, %[[A:[^:]*]]: tensor<4xi8>, %[[B:[^:]*]]: tensor<4xi8>
// CHECK: %[[GENERIC:.*]] = linalg.generic {{.*}} ins(%[[P]], %[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: i1, %[[IN1:[^:]*]]: i8, %[[IN2:[^:]*]]: i8, %[[OUT:[^:]*]]: i8):
// CHECK-NEXT: %[[SELECT:.*]] = arith.select %[[IN]], %[[IN1]], %[[IN2]]
// CHECK-NEXT: linalg.yield %[[SELECT]]
// CHECK: return %[[GENERIC]]
func.func @select(%p: tensor<4xi1>, %a: tensor<4xi8>, %b: tensor<4xi8>) -> tensor<4xi8> {
  %r = sinter.select %p, %a, %b : tensor<4xi8>
  return %r : tensor<4xi8>
}

// Floats: another width, toward zero, or whether not zero.
// CHECK-LABEL: func.func @convert_floats(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xf32>, %[[Z:[^:]*]]: tensor<4xf64>
// CHECK-DAG: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK: %[[GENERIC:.*]] = linalg.generic {{.*}} ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[OUT:[^:]*]]: f64):
// CHECK-NEXT: %[[EXTF:.*]] = arith.extf %[[IN]] : f32 to f64
// CHECK-NEXT: linalg.yield %[[EXTF]]
// CHECK: %[[GENERIC1:.*]] = linalg.generic {{.*}} ins(%[[Z]] :
// CHECK-NEXT: ^bb0(%[[IN1:[^:]*]]: f64, %[[OUT1:[^:]*]]: f32):
// CHECK-NEXT: %[[TRUNCF:.*]] = arith.truncf %[[IN1]] : f64 to f32
// CHECK-NEXT: linalg.yield %[[TRUNCF]]
// CHECK: %[[GENERIC2:.*]] = linalg.generic {{.*}} ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: f32, %[[OUT2:[^:]*]]: i64):
// CHECK-NEXT: %[[FPTOSI:.*]] = arith.fptosi %[[IN2]] : f32 to i64
// CHECK-NEXT: linalg.yield %[[FPTOSI]]
// CHECK: %[[GENERIC3:.*]] = linalg.generic {{.*}} ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN3:[^:]*]]: f32, %[[OUT3:[^:]*]]: i1):
// CHECK-NEXT: %[[CMPF:.*]] = arith.cmpf une, %[[IN3]], %[[ZERO]]
// CHECK-NEXT: linalg.yield %[[CMPF]]
// CHECK: return %[[GENERIC]], %[[GENERIC1]], %[[GENERIC2]], %[[GENERIC3]]
func.func @convert_floats(%x: tensor<4xf32>, %z: tensor<4xf64>) -> (tensor<4xf64>, tensor<4xf32>, tensor<4xi64>, tensor<4xi1>) {
  %0 = sinter.convert %x : tensor<4xf32> to tensor<4xf64>
  %1 = sinter.convert %z : tensor<4xf64> to tensor<4xf32>
  %2 = sinter.convert %x : tensor<4xf32> to tensor<4xi64>
  %3 = sinter.convert %x : tensor<4xf32> to tensor<4xi1>
  return %0, %1, %2, %3 : tensor<4xf64>, tensor<4xf32>, tensor<4xi64>, tensor<4xi1>
}

// Integers: signed.
// CHECK-LABEL: func.func @convert_integers(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xi32>
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : i32
// CHECK: %[[GENERIC:.*]] = linalg.generic {{.*}} ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: i32, %[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[SITOFP:.*]] = arith.sitofp %[[IN]] : i32 to f32
// CHECK-NEXT: linalg.yield %[[SITOFP]]
// CHECK: %[[GENERIC1:.*]] = linalg.generic {{.*}} ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN1:[^:]*]]: i32, %[[OUT1:[^:]*]]: i64):
// CHECK-NEXT: %[[EXTSI:.*]] = arith.extsi %[[IN1]] : i32 to i64
// CHECK-NEXT: linalg.yield %[[EXTSI]]
// CHECK: %[[GENERIC2:.*]] = linalg.generic {{.*}} ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: i32, %[[OUT2:[^:]*]]: i8):
// CHECK-NEXT: %[[TRUNCI:.*]] = arith.trunci %[[IN2]] : i32 to i8
// CHECK-NEXT: linalg.yield %[[TRUNCI]]
// CHECK: %[[GENERIC3:.*]] = linalg.generic {{.*}} ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN3:[^:]*]]: i32, %[[OUT3:[^:]*]]: i1):
// CHECK-NEXT: %[[CMPI:.*]] = arith.cmpi ne, %[[IN3]], %[[C0]]
// CHECK-NEXT: linalg.yield %[[CMPI]]
// CHECK: return %[[GENERIC]], %[[GENERIC1]], %[[GENERIC2]], %[[GENERIC3]]
func.func @convert_integers(%x: tensor<4xi32>) -> (tensor<4xf32>, tensor<4xi64>, tensor<4xi8>, tensor<4xi1>) {
  %0 = sinter.convert %x : tensor<4xi32> to tensor<4xf32>
  %1 = sinter.convert %x : tensor<4xi32> to tensor<4xi64>
  %2 = sinter.convert %x : tensor<4xi32> to tensor<4xi8>
  %3 = sinter.convert %x : tensor<4xi32> to tensor<4xi1>
  return %0, %1, %2, %3 : tensor<4xf32>, tensor<4xi64>, tensor<4xi8>, tensor<4xi1>
}

// Bits: 1 becomes 1.
// CHECK-LABEL: func.func @convert_bits(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xi1>
// CHECK: %[[GENERIC:.*]] = linalg.generic {{.*}} ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: i1, %[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[UITOFP:.*]] = arith.uitofp %[[IN]] : i1 to f32
// CHECK-NEXT: linalg.yield %[[UITOFP]]
// CHECK: %[[GENERIC1:.*]] = linalg.generic {{.*}} ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN1:[^:]*]]: i1, %[[OUT1:[^:]*]]: i64):
// CHECK-NEXT: %[[EXTUI:.*]] = arith.extui %[[IN1]] : i1 to i64
// CHECK-NEXT: linalg.yield %[[EXTUI]]
// CHECK: return %[[GENERIC]], %[[GENERIC1]]
func.func @convert_bits(%x: tensor<4xi1>) -> (tensor<4xf32>, tensor<4xi64>) {
  %0 = sinter.convert %x : tensor<4xi1> to tensor<4xf32>
  %1 = sinter.convert %x : tensor<4xi1> to tensor<4xi64>
  return %0, %1 : tensor<4xf32>, tensor<4xi64>
}

// The region of a map is the loop's body; two results are one loop.
// CHECK-LABEL: func.func @map(
// CHECK-SAME: %[[A:[^:]*]]: tensor<?x4xf32>, %[[B:[^:]*]]: tensor<?x4xi32>
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK: %[[DIM:.*]] = tensor.dim %[[A]], %[[C0]]
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty(%[[DIM]]) : tensor<?x4xi32>
// CHECK-NEXT: %[[DIM1:.*]] = tensor.dim %[[A]], %[[C0]]
// CHECK-NEXT: %[[EMPTY1:.*]] = tensor.empty(%[[DIM1]]) : tensor<?x4xf32>
// CHECK-NEXT: %[[GENERIC:.*]]:2 = linalg.generic {indexing_maps = [#[[MAP1]], #[[MAP1]], #[[MAP1]], #[[MAP1]]],
// CHECK-SAME: iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: ins(%[[A]], %[[B]] :{{.*}} outs(%[[EMPTY]], %[[EMPTY1]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[IN1:[^:]*]]: i32, %[[OUT:[^:]*]]: i32, %[[OUT1:[^:]*]]: f32):
// CHECK-NEXT: %[[POWF:.*]] = math.powf %[[IN]], %[[IN]]
// CHECK-NEXT: %[[ADDI:.*]] = arith.addi %[[IN1]], %[[IN1]]
// CHECK-NEXT: linalg.yield %[[ADDI]], %[[POWF]]
// CHECK-NEXT: } -> (tensor<?x4xi32>, tensor<?x4xf32>)
// CHECK-NEXT: return %[[GENERIC]]#0, %[[GENERIC]]#1
func.func @map(%a: tensor<?x4xf32>, %b: tensor<?x4xi32>) -> (tensor<?x4xi32>, tensor<?x4xf32>) {
  %r:2 = sinter.map ins(%a, %b : tensor<?x4xf32>, tensor<?x4xi32>) -> tensor<?x4xi32>, tensor<?x4xf32> {
  ^bb0(%x: f32, %k: i32):
    %y = math.powf %x, %x : f32
    %z = arith.addi %k, %k : i32
    sinter.yield %z, %y : i32, f32
  }
  return %r#0, %r#1 : tensor<?x4xi32>, tensor<?x4xf32>
}

