// Elementwise ops as loops: one generic each, and which scalar op by element type.
// RUN: sinter-opt %s --convert-sinter-to-linalg --canonicalize | FileCheck %s

// CHECK-DAG: #[[MAP:.*]] = affine_map<(d0, d1) -> (d0, d1)>
// CHECK-DAG: #[[MAP1:.*]] = affine_map<() -> ()>

// The batch extent is read from the argument; inputs and result have one map.
// CHECK-LABEL: func.func @one_loop(
// CHECK-SAME: %[[A:[^:]*]]: tensor<?x4xf32>, %[[B:[^:]*]]: tensor<?x4xf32>
// CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
// CHECK: %[[DIM:.*]] = tensor.dim %[[A]], %[[C0]]
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty(%[[DIM]]) : tensor<?x4xf32>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP]], #[[MAP]], #[[MAP]]],
// CHECK-SAME: iterator_types = ["parallel", "parallel"]}
// CHECK-SAME: ins(%[[A]], %[[B]] :{{.*}} outs(%[[EMPTY]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[IN1:[^:]*]]: f32, %[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[SUBF:.*]] = arith.subf %[[IN]], %[[IN1]]
// CHECK-NEXT: linalg.yield %[[SUBF]]
// CHECK-NEXT: } -> tensor<?x4xf32>
// CHECK-NEXT: return %[[GENERIC]]
func.func @one_loop(%a: tensor<?x4xf32>, %b: tensor<?x4xf32>) -> tensor<?x4xf32> {
  %r = sinter.sub %a, %b : tensor<?x4xf32>
  return %r : tensor<?x4xf32>
}

// Rank 0: a loop without iterators.
// CHECK-LABEL: func.func @rank_zero(
// CHECK-SAME: %[[A:[^:]*]]: tensor<f64>, %[[B:[^:]*]]: tensor<f64>
// CHECK-NEXT: %[[EMPTY:.*]] = tensor.empty() : tensor<f64>
// CHECK-NEXT: %[[GENERIC:.*]] = linalg.generic {indexing_maps = [#[[MAP1]], #[[MAP1]], #[[MAP1]]], iterator_types = []}
// CHECK-SAME: ins(%[[A]], %[[B]] :{{.*}} outs(%[[EMPTY]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f64, %[[IN1:[^:]*]]: f64, %[[OUT:[^:]*]]: f64):
// CHECK-NEXT: %[[DIVF:.*]] = arith.divf %[[IN]], %[[IN1]]
// CHECK-NEXT: linalg.yield %[[DIVF]]
// CHECK-NEXT: } -> tensor<f64>
// CHECK-NEXT: return %[[GENERIC]]
func.func @rank_zero(%a: tensor<f64>, %b: tensor<f64>) -> tensor<f64> {
  %r = sinter.div %a, %b : tensor<f64>
  return %r : tensor<f64>
}

// Functions that math has an op for.
// CHECK-LABEL: func.func @functions(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xf32>
// CHECK: %[[GENERIC:.*]] = linalg.generic {{.*}} ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[ABSF:.*]] = math.absf %[[IN]]
// CHECK-NEXT: linalg.yield %[[ABSF]]
// CHECK: %[[GENERIC1:.*]] = linalg.generic {{.*}} ins(%[[GENERIC]] :
// CHECK-NEXT: ^bb0(%[[IN1:[^:]*]]: f32, %[[OUT1:[^:]*]]: f32):
// CHECK-NEXT: %[[LOG:.*]] = math.log %[[IN1]]
// CHECK-NEXT: linalg.yield %[[LOG]]
// CHECK: %[[GENERIC2:.*]] = linalg.generic {{.*}} ins(%[[GENERIC1]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: f32, %[[OUT2:[^:]*]]: f32):
// CHECK-NEXT: %[[FLOOR:.*]] = math.floor %[[IN2]]
// CHECK-NEXT: linalg.yield %[[FLOOR]]
// CHECK: %[[GENERIC3:.*]] = linalg.generic {{.*}} ins(%[[GENERIC2]] :
// CHECK-NEXT: ^bb0(%[[IN3:[^:]*]]: f32, %[[OUT3:[^:]*]]: f32):
// CHECK-NEXT: %[[EXP:.*]] = math.exp %[[IN3]]
// CHECK-NEXT: linalg.yield %[[EXP]]
// CHECK: %[[GENERIC4:.*]] = linalg.generic {{.*}} ins(%[[GENERIC3]] :
// CHECK-NEXT: ^bb0(%[[IN4:[^:]*]]: f32, %[[OUT4:[^:]*]]: f32):
// CHECK-NEXT: %[[EXPM1:.*]] = math.expm1 %[[IN4]]
// CHECK-NEXT: linalg.yield %[[EXPM1]]
// CHECK: %[[GENERIC5:.*]] = linalg.generic {{.*}} ins(%[[GENERIC4]] :
// CHECK-NEXT: ^bb0(%[[IN5:[^:]*]]: f32, %[[OUT5:[^:]*]]: f32):
// CHECK-NEXT: %[[LOG1P:.*]] = math.log1p %[[IN5]]
// CHECK-NEXT: linalg.yield %[[LOG1P]]
// CHECK: %[[GENERIC6:.*]] = linalg.generic {{.*}} ins(%[[GENERIC5]] :
// CHECK-NEXT: ^bb0(%[[IN6:[^:]*]]: f32, %[[OUT6:[^:]*]]: f32):
// CHECK-NEXT: %[[SQRT:.*]] = math.sqrt %[[IN6]]
// CHECK-NEXT: linalg.yield %[[SQRT]]
// CHECK: %[[GENERIC7:.*]] = linalg.generic {{.*}} ins(%[[GENERIC6]] :
// CHECK-NEXT: ^bb0(%[[IN7:[^:]*]]: f32, %[[OUT7:[^:]*]]: f32):
// CHECK-NEXT: %[[RSQRT:.*]] = math.rsqrt %[[IN7]]
// CHECK-NEXT: linalg.yield %[[RSQRT]]
// CHECK: %[[GENERIC8:.*]] = linalg.generic {{.*}} ins(%[[GENERIC7]] :
// CHECK-NEXT: ^bb0(%[[IN8:[^:]*]]: f32, %[[OUT8:[^:]*]]: f32):
// CHECK-NEXT: %[[SIN:.*]] = math.sin %[[IN8]]
// CHECK-NEXT: linalg.yield %[[SIN]]
// CHECK: %[[GENERIC9:.*]] = linalg.generic {{.*}} ins(%[[GENERIC8]] :
// CHECK-NEXT: ^bb0(%[[IN9:[^:]*]]: f32, %[[OUT9:[^:]*]]: f32):
// CHECK-NEXT: %[[COS:.*]] = math.cos %[[IN9]]
// CHECK-NEXT: linalg.yield %[[COS]]
// CHECK: %[[GENERIC10:.*]] = linalg.generic {{.*}} ins(%[[GENERIC9]] :
// CHECK-NEXT: ^bb0(%[[IN10:[^:]*]]: f32, %[[OUT10:[^:]*]]: f32):
// CHECK-NEXT: %[[TANH:.*]] = math.tanh %[[IN10]]
// CHECK-NEXT: linalg.yield %[[TANH]]
// CHECK: %[[GENERIC11:.*]] = linalg.generic {{.*}} ins(%[[GENERIC10]] :
// CHECK-NEXT: ^bb0(%[[IN11:[^:]*]]: f32, %[[OUT11:[^:]*]]: f32):
// CHECK-NEXT: %[[ERF:.*]] = math.erf %[[IN11]]
// CHECK-NEXT: linalg.yield %[[ERF]]
// CHECK: %[[GENERIC12:.*]] = linalg.generic {{.*}} ins(%[[GENERIC11]] :
// CHECK-NEXT: ^bb0(%[[IN12:[^:]*]]: f32, %[[OUT12:[^:]*]]: f32):
// CHECK-NEXT: %[[NEGF:.*]] = arith.negf %[[IN12]]
// CHECK-NEXT: linalg.yield %[[NEGF]]
// CHECK: return %[[GENERIC12]]
func.func @functions(%x: tensor<4xf32>) -> tensor<4xf32> {
  %0 = sinter.abs %x : tensor<4xf32>
  %1 = sinter.log %0 : tensor<4xf32>
  %2 = sinter.floor %1 : tensor<4xf32>
  %3 = sinter.exp %2 : tensor<4xf32>
  %4 = sinter.expm1 %3 : tensor<4xf32>
  %5 = sinter.log1p %4 : tensor<4xf32>
  %6 = sinter.sqrt %5 : tensor<4xf32>
  %7 = sinter.rsqrt %6 : tensor<4xf32>
  %8 = sinter.sin %7 : tensor<4xf32>
  %9 = sinter.cos %8 : tensor<4xf32>
  %10 = sinter.tanh %9 : tensor<4xf32>
  %11 = sinter.erf %10 : tensor<4xf32>
  %12 = sinter.negate %11 : tensor<4xf32>
  return %12 : tensor<4xf32>
}

// -1, 0, 1, or x itself: a NaN stays one.
// CHECK-LABEL: func.func @sign(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xf32>
// CHECK-DAG: %[[ONE:.*]] = arith.constant 1.000000e+00 : f32
// CHECK-DAG: %[[MINUS_ONE:.*]] = arith.constant -1.000000e+00 : f32
// CHECK-DAG: %[[ZERO:.*]] = arith.constant 0.000000e+00 : f32
// CHECK: %[[GENERIC:.*]] = linalg.generic {{.*}} ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[CMPF:.*]] = arith.cmpf ogt, %[[IN]], %[[ZERO]]
// CHECK-NEXT: %[[CMPF1:.*]] = arith.cmpf olt, %[[IN]], %[[ZERO]]
// CHECK-NEXT: %[[SELECT:.*]] = arith.select %[[CMPF1]], %[[MINUS_ONE]], %[[IN]]
// CHECK-NEXT: %[[SELECT1:.*]] = arith.select %[[CMPF]], %[[ONE]], %[[SELECT]]
// CHECK-NEXT: linalg.yield %[[SELECT1]]
// CHECK: return %[[GENERIC]]
func.func @sign(%x: tensor<4xf32>) -> tensor<4xf32> {
  %y = sinter.sign %x : tensor<4xf32>
  return %y : tensor<4xf32>
}

// 1 / (1 + exp(-x)).
// CHECK-LABEL: func.func @sigmoid(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xf64>
// CHECK-DAG: %[[ONE:.*]] = arith.constant 1.000000e+00 : f64
// CHECK: %[[GENERIC:.*]] = linalg.generic {{.*}} ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f64, %[[OUT:[^:]*]]: f64):
// CHECK-NEXT: %[[NEGF:.*]] = arith.negf %[[IN]]
// CHECK-NEXT: %[[EXP:.*]] = math.exp %[[NEGF]]
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[EXP]], %[[ONE]]
// CHECK-NEXT: %[[DIVF:.*]] = arith.divf %[[ONE]], %[[ADDF]]
// CHECK-NEXT: linalg.yield %[[DIVF]]
// CHECK: return %[[GENERIC]]
func.func @sigmoid(%x: tensor<4xf64>) -> tensor<4xf64> {
  %y = sinter.sigmoid %x : tensor<4xf64>
  return %y : tensor<4xf64>
}

// A square is a product.
// CHECK-LABEL: func.func @square(
// CHECK-SAME: %[[X:[^:]*]]: tensor<4xf64>
// CHECK: %[[GENERIC:.*]] = linalg.generic {{.*}} ins(%[[X]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f64, %[[OUT:[^:]*]]: f64):
// CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[IN]], %[[IN]]
// CHECK-NEXT: linalg.yield %[[MULF]]
// CHECK: return %[[GENERIC]]
func.func @square(%x: tensor<4xf64>) -> tensor<4xf64> {
  %y = sinter.square %x : tensor<4xf64>
  return %y : tensor<4xf64>
}

// Maximum and minimum keep NaN.
// CHECK-LABEL: func.func @float_arithmetic(
// CHECK-SAME: %[[A:[^:]*]]: tensor<4xf32>, %[[B:[^:]*]]: tensor<4xf32>
// CHECK: %[[GENERIC:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: f32, %[[IN1:[^:]*]]: f32, %[[OUT:[^:]*]]: f32):
// CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[IN]], %[[IN1]]
// CHECK-NEXT: linalg.yield %[[ADDF]]
// CHECK: %[[GENERIC1:.*]] = linalg.generic {{.*}} ins(%[[GENERIC]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: f32, %[[IN3:[^:]*]]: f32, %[[OUT1:[^:]*]]: f32):
// CHECK-NEXT: %[[SUBF:.*]] = arith.subf %[[IN2]], %[[IN3]]
// CHECK-NEXT: linalg.yield %[[SUBF]]
// CHECK: %[[GENERIC2:.*]] = linalg.generic {{.*}} ins(%[[GENERIC1]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN4:[^:]*]]: f32, %[[IN5:[^:]*]]: f32, %[[OUT2:[^:]*]]: f32):
// CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[IN4]], %[[IN5]]
// CHECK-NEXT: linalg.yield %[[MULF]]
// CHECK: %[[GENERIC3:.*]] = linalg.generic {{.*}} ins(%[[GENERIC2]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN6:[^:]*]]: f32, %[[IN7:[^:]*]]: f32, %[[OUT3:[^:]*]]: f32):
// CHECK-NEXT: %[[DIVF:.*]] = arith.divf %[[IN6]], %[[IN7]]
// CHECK-NEXT: linalg.yield %[[DIVF]]
// CHECK: %[[GENERIC4:.*]] = linalg.generic {{.*}} ins(%[[GENERIC3]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN8:[^:]*]]: f32, %[[IN9:[^:]*]]: f32, %[[OUT4:[^:]*]]: f32):
// CHECK-NEXT: %[[POWF:.*]] = math.powf %[[IN8]], %[[IN9]]
// CHECK-NEXT: linalg.yield %[[POWF]]
// CHECK: %[[GENERIC5:.*]] = linalg.generic {{.*}} ins(%[[GENERIC4]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN10:[^:]*]]: f32, %[[IN11:[^:]*]]: f32, %[[OUT5:[^:]*]]: f32):
// CHECK-NEXT: %[[MAXIMUMF:.*]] = arith.maximumf %[[IN10]], %[[IN11]]
// CHECK-NEXT: linalg.yield %[[MAXIMUMF]]
// CHECK: %[[GENERIC6:.*]] = linalg.generic {{.*}} ins(%[[GENERIC5]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN12:[^:]*]]: f32, %[[IN13:[^:]*]]: f32, %[[OUT6:[^:]*]]: f32):
// CHECK-NEXT: %[[MINIMUMF:.*]] = arith.minimumf %[[IN12]], %[[IN13]]
// CHECK-NEXT: linalg.yield %[[MINIMUMF]]
// CHECK: return %[[GENERIC6]]
func.func @float_arithmetic(%a: tensor<4xf32>, %b: tensor<4xf32>) -> tensor<4xf32> {
  %0 = sinter.add %a, %b : tensor<4xf32>
  %1 = sinter.sub %0, %b : tensor<4xf32>
  %2 = sinter.mul %1, %b : tensor<4xf32>
  %3 = sinter.div %2, %b : tensor<4xf32>
  %4 = sinter.pow %3, %b : tensor<4xf32>
  %5 = sinter.max %4, %b : tensor<4xf32>
  %6 = sinter.min %5, %b : tensor<4xf32>
  return %6 : tensor<4xf32>
}

// Integers are signed. A division never traps: neither by 0 nor of the lowest number by -1.
// CHECK-LABEL: func.func @integer_arithmetic(
// CHECK-SAME: %[[A:[^:]*]]: tensor<4xi32>, %[[B:[^:]*]]: tensor<4xi32>
// CHECK: %[[GENERIC:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: i32, %[[IN1:[^:]*]]: i32, %[[OUT:[^:]*]]: i32):
// CHECK-NEXT: %[[ADDI:.*]] = arith.addi %[[IN]], %[[IN1]]
// CHECK-NEXT: linalg.yield %[[ADDI]]
// CHECK: %[[GENERIC1:.*]] = linalg.generic {{.*}} ins(%[[GENERIC]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: i32, %[[IN3:[^:]*]]: i32, %[[OUT1:[^:]*]]: i32):
// CHECK-NEXT: %[[SUBI:.*]] = arith.subi %[[IN2]], %[[IN3]]
// CHECK-NEXT: linalg.yield %[[SUBI]]
// CHECK: %[[GENERIC2:.*]] = linalg.generic {{.*}} ins(%[[GENERIC1]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN4:[^:]*]]: i32, %[[IN5:[^:]*]]: i32, %[[OUT2:[^:]*]]: i32):
// CHECK-NEXT: %[[MULI:.*]] = arith.muli %[[IN4]], %[[IN5]]
// CHECK-NEXT: linalg.yield %[[MULI]]
// CHECK: %[[GENERIC3:.*]] = linalg.generic {{.*}} ins(%[[GENERIC2]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN6:[^:]*]]: i32, %[[IN7:[^:]*]]: i32, %[[OUT3:[^:]*]]: i32):
// CHECK-DAG: %[[BY_ZERO:.*]] = arith.cmpi eq, %[[IN7]], %{{.*}}
// CHECK-DAG: %[[BY_MINUS_ONE:.*]] = arith.cmpi eq, %[[IN7]], %{{.*}}
// CHECK: %[[ORI:.*]] = arith.ori
// CHECK-NEXT: %[[DIVISOR:.*]] = arith.select %[[ORI]], %{{.*}}, %[[IN7]]
// CHECK-NEXT: %[[DIVSI:.*]] = arith.divsi %[[IN6]], %[[DIVISOR]]
// CHECK: %[[NEGATED:.*]] = arith.subi %{{.*}}, %[[IN6]]
// CHECK-NEXT: %[[QUOTIENT:.*]] = arith.select %{{.*}}, %[[NEGATED]], %[[DIVSI]]
// CHECK-NEXT: linalg.yield %[[QUOTIENT]]
// CHECK: %[[GENERIC5:.*]] = linalg.generic {{.*}} ins(%[[GENERIC3]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN10:[^:]*]]: i32, %[[IN11:[^:]*]]: i32, %[[OUT5:[^:]*]]: i32):
// CHECK-NEXT: %[[MAXSI:.*]] = arith.maxsi %[[IN10]], %[[IN11]]
// CHECK-NEXT: linalg.yield %[[MAXSI]]
// CHECK: %[[GENERIC6:.*]] = linalg.generic {{.*}} ins(%[[GENERIC5]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN12:[^:]*]]: i32, %[[IN13:[^:]*]]: i32, %[[OUT6:[^:]*]]: i32):
// CHECK-NEXT: %[[MINSI:.*]] = arith.minsi %[[IN12]], %[[IN13]]
// CHECK-NEXT: linalg.yield %[[MINSI]]
// CHECK: return %[[GENERIC6]]
func.func @integer_arithmetic(%a: tensor<4xi32>, %b: tensor<4xi32>) -> tensor<4xi32> {
  %0 = sinter.add %a, %b : tensor<4xi32>
  %1 = sinter.sub %0, %b : tensor<4xi32>
  %2 = sinter.mul %1, %b : tensor<4xi32>
  %3 = sinter.div %2, %b : tensor<4xi32>
  %4 = sinter.max %3, %b : tensor<4xi32>
  %5 = sinter.min %4, %b : tensor<4xi32>
  return %5 : tensor<4xi32>
}

// A bit is 0 or 1, not 0 or -1.
// CHECK-LABEL: func.func @bits(
// CHECK-SAME: %[[A:[^:]*]]: tensor<4xi1>, %[[B:[^:]*]]: tensor<4xi1>
// CHECK: %[[GENERIC:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN:[^:]*]]: i1, %[[IN1:[^:]*]]: i1, %[[OUT:[^:]*]]: i1):
// CHECK-NEXT: %[[MAXUI:.*]] = arith.maxui %[[IN]], %[[IN1]]
// CHECK-NEXT: linalg.yield %[[MAXUI]]
// CHECK: %[[GENERIC1:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN2:[^:]*]]: i1, %[[IN3:[^:]*]]: i1, %[[OUT1:[^:]*]]: i1):
// CHECK-NEXT: %[[MINUI:.*]] = arith.minui %[[IN2]], %[[IN3]]
// CHECK-NEXT: linalg.yield %[[MINUI]]
// CHECK: %[[GENERIC2:.*]] = linalg.generic {{.*}} ins(%[[A]], %[[B]] :
// CHECK-NEXT: ^bb0(%[[IN4:[^:]*]]: i1, %[[IN5:[^:]*]]: i1, %[[OUT2:[^:]*]]: i1):
// CHECK-NEXT: %[[CMPI:.*]] = arith.cmpi uge, %[[IN4]], %[[IN5]]
// CHECK-NEXT: linalg.yield %[[CMPI]]
// CHECK: return %[[GENERIC]], %[[GENERIC1]], %[[GENERIC2]]
func.func @bits(%a: tensor<4xi1>, %b: tensor<4xi1>) -> (tensor<4xi1>, tensor<4xi1>, tensor<4xi1>) {
  %0 = sinter.max %a, %b : tensor<4xi1>
  %1 = sinter.min %a, %b : tensor<4xi1>
  %2 = sinter.compare ge, %a, %b : tensor<4xi1>
  return %0, %1, %2 : tensor<4xi1>, tensor<4xi1>, tensor<4xi1>
}

