// Scalar regions: `arith` and `math` ops element by element.
// RUN: sinter-interp %s --entry floats --rows 2 --fill=iota | FileCheck %s --check-prefix=FLOATS
// RUN: sinter-interp %s --entry integers | FileCheck %s --check-prefix=INT
// RUN: sinter-interp %s --entry uniform | FileCheck %s --check-prefix=UNIFORM

// FLOATS: 2x2xf32 {{\[\[}}0.5, 3.21828], [8.38906, 21.5855]]
// FLOATS-NEXT: 2x2xi1 {{\[\[}}0, 0], [1, 1]]
func.func @floats(%x: tensor<?x2xf32>) -> (tensor<?x2xf32>, tensor<?x2xi1>) {
  // x == 0 ? 0.5 : e^x + x / 2, and x > 1.5 or NaN
  %y, %p = sinter.map ins(%x : tensor<?x2xf32>) -> tensor<?x2xf32>, tensor<?x2xi1> {
  ^bb0(%a: f32):
    %zero = arith.constant 0.0 : f32
    %half = arith.constant 0.5 : f32
    %limit = arith.constant 1.5 : f32
    %exp = math.exp %a : f32
    %sum = math.fma %a, %half, %exp : f32
    %at_zero = arith.cmpf oeq, %a, %zero : f32
    %chosen = arith.select %at_zero, %half, %sum : f32
    %above = arith.cmpf ugt, %a, %limit : f32
    sinter.yield %chosen, %above : f32, i1
  }
  return %y, %p : tensor<?x2xf32>, tensor<?x2xi1>
}

// INT: 3xi32 [5, 0, -4]
// INT-NEXT: 3xi32 [2147483646, 0, 1]
// INT-NEXT: 3xi32 [-2, 0, 1]
// INT-NEXT: 3xf32 [4.29497e+09, 0, 3]
func.func @integers() -> (tensor<3xi32>, tensor<3xi32>, tensor<3xi32>, tensor<3xf32>) {
  %x = sinter.constant dense<[-4, 0, 3]> : tensor<3xi32> -> tensor<3xi32>
  %a, %b, %c, %d = sinter.map ins(%x : tensor<3xi32>) -> tensor<3xi32>, tensor<3xi32>, tensor<3xi32>, tensor<3xf32> {
  ^bb0(%e: i32):
    %one = arith.constant 1 : i32
    %seven = arith.constant 7 : i32
    %negative = arith.constant -1 : i32
    %product = arith.muli %e, %negative : i32
    %rest = arith.xori %product, %one : i32
    %plain = arith.cmpi ne, %e, %product : i32
    %value = arith.select %plain, %rest, %e : i32
    %logical = arith.shrui %e, %one : i32
    %arithmetic = arith.shrsi %e, %one : i32
    %unsigned = arith.uitofp %e : i32 to f32
    sinter.yield %value, %logical, %arithmetic, %unsigned : i32, i32, i32, f32
  }
  return %a, %b, %c, %d : tensor<3xi32>, tensor<3xi32>, tensor<3xi32>, tensor<3xf32>
}

// The uniform numbers of random.mlir, made with a region.
// UNIFORM: 4xf32 [0.0522069, 0.351865, 0.484984, 0.98255]
func.func @uniform() -> tensor<4xf32> {
  %seed = sinter.constant dense<8589934601> : tensor<i64> -> tensor<i64>
  %step = sinter.constant dense<4294967301> : tensor<i64> -> tensor<i64>
  %r = sinter.random_bits %seed, %step stream = 7 : tensor<4xi32>
  %u = sinter.map ins(%r : tensor<4xi32>) -> tensor<4xf32> {
  ^bb0(%word: i32):
    %eight = arith.constant 8 : i32
    %scale = arith.constant 5.9604644775390625e-08 : f32
    %bits = arith.shrui %word, %eight : i32
    %float = arith.uitofp %bits : i32 to f32
    %unit = arith.mulf %float, %scale : f32
    sinter.yield %unit : f32
  }
  return %u : tensor<4xf32>
}
