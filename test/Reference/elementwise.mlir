// What the named elementwise ops mean. Expected numbers are from the definitions, to six digits.
// RUN: sinter-interp %s --entry signs | FileCheck %s --check-prefix=SIGNS
// RUN: sinter-interp %s --entry exponentials | FileCheck %s --check-prefix=EXP
// RUN: sinter-interp %s --entry roots_and_waves | FileCheck %s --check-prefix=ROOTS
// RUN: sinter-interp %s --entry binaries | FileCheck %s --check-prefix=BINARY
// RUN: sinter-interp %s --entry not_a_number | FileCheck %s --check-prefix=NAN
// RUN: sinter-interp %s --entry integers | FileCheck %s --check-prefix=INT
// RUN: sinter-interp %s --entry conversions | FileCheck %s --check-prefix=CONVERT

// SIGNS: 4xf32 [2, 0.5, 0, -1.5]
// SIGNS-NEXT: 4xf32 [2, 0.5, 0, 1.5]
// SIGNS-NEXT: 4xf32 [-1, -1, 0, 1]
// SIGNS-NEXT: 4xf32 [-2, -1, 0, 1]
// SIGNS-NEXT: 4xf32 [4, 0.25, 0, 2.25]
func.func @signs() -> (tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>) {
  %x = sinter.constant dense<[-2.0, -0.5, 0.0, 1.5]> : tensor<4xf32> -> tensor<4xf32>
  %negate = sinter.negate %x : tensor<4xf32>
  %abs = sinter.abs %x : tensor<4xf32>
  %sign = sinter.sign %x : tensor<4xf32>
  %floor = sinter.floor %x : tensor<4xf32>
  %square = sinter.square %x : tensor<4xf32>
  return %negate, %abs, %sign, %floor, %square : tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>, tensor<4xf32>
}

// EXP: 3xf64 [2.71828, 1, 0.606531]
// EXP-NEXT: 3xf64 [1.71828, 0, -0.393469]
// EXP-NEXT: 3xf64 [0, 0.693147, -0.693147]
// EXP-NEXT: 3xf64 [0.693147, 1.09861, 0.405465]
// EXP-NEXT: 3xf64 [0.761594, 0, -0.462117]
// EXP-NEXT: 3xf64 [0.842701, 0, -0.5205]
// EXP-NEXT: 3xf64 [0.731059, 0.5, 0.377541]
func.func @exponentials() -> (tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>) {
  %x = sinter.constant dense<[1.0, 0.0, -0.5]> : tensor<3xf64> -> tensor<3xf64>
  %p = sinter.constant dense<[1.0, 2.0, 0.5]> : tensor<3xf64> -> tensor<3xf64>
  %exp = sinter.exp %x : tensor<3xf64>
  %expm1 = sinter.expm1 %x : tensor<3xf64>
  %log = sinter.log %p : tensor<3xf64>
  %log1p = sinter.log1p %p : tensor<3xf64>
  %tanh = sinter.tanh %x : tensor<3xf64>
  %erf = sinter.erf %x : tensor<3xf64>
  %sigmoid = sinter.sigmoid %x : tensor<3xf64>
  return %exp, %expm1, %log, %log1p, %tanh, %erf, %sigmoid : tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>, tensor<3xf64>
}

// ROOTS: 2xf64 [2, 1.5]
// ROOTS-NEXT: 2xf64 [0.5, 0.666667]
// ROOTS-NEXT: 2xf64 [-0.756802, 0.778073]
// ROOTS-NEXT: 2xf64 [-0.653644, -0.628174]
func.func @roots_and_waves() -> (tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>) {
  %x = sinter.constant dense<[4.0, 2.25]> : tensor<2xf64> -> tensor<2xf64>
  %sqrt = sinter.sqrt %x : tensor<2xf64>
  %rsqrt = sinter.rsqrt %x : tensor<2xf64>
  %sin = sinter.sin %x : tensor<2xf64>
  %cos = sinter.cos %x : tensor<2xf64>
  return %sqrt, %rsqrt, %sin, %cos : tensor<2xf64>, tensor<2xf64>, tensor<2xf64>, tensor<2xf64>
}

// BINARY: 3xf32 [4, 1, -1.5]
// BINARY-NEXT: 3xf32 [-2, 3, -2.5]
// BINARY-NEXT: 3xf32 [3, -2, -1]
// BINARY-NEXT: 3xf32 [0.333333, -2, -4]
// BINARY-NEXT: 3xf32 [3, 2, 0.5]
// BINARY-NEXT: 3xf32 [1, -1, -2]
// BINARY-NEXT: 3xf32 [1, 0.5, nan]
// BINARY-NEXT: 3xi1 [1, 0, 1]
// BINARY-NEXT: 3xf32 [1, -1, -2]
func.func @binaries() -> (tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xi1>, tensor<3xf32>) {
  %a = sinter.constant dense<[1.0, 2.0, -2.0]> : tensor<3xf32> -> tensor<3xf32>
  %b = sinter.constant dense<[3.0, -1.0, 0.5]> : tensor<3xf32> -> tensor<3xf32>
  %add = sinter.add %a, %b : tensor<3xf32>
  %sub = sinter.sub %a, %b : tensor<3xf32>
  %mul = sinter.mul %a, %b : tensor<3xf32>
  %div = sinter.div %a, %b : tensor<3xf32>
  %max = sinter.max %a, %b : tensor<3xf32>
  %min = sinter.min %a, %b : tensor<3xf32>
  %pow = sinter.pow %a, %b : tensor<3xf32>
  %less = sinter.compare lt, %a, %b : tensor<3xf32>
  %select = sinter.select %less, %a, %b : tensor<3xf32>
  return %add, %sub, %mul, %div, %max, %min, %pow, %less, %select : tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xf32>, tensor<3xi1>, tensor<3xf32>
}

// max, min, relu and sign keep NaN; comparisons with it are false but for `ne`.
// NAN: 2xf32 [nan, nan]
// NAN-NEXT: 2xf32 [nan, nan]
// NAN-NEXT: 2xf32 [nan, 1]
// NAN-NEXT: 2xf32 [nan, 1]
// NAN-NEXT: 2xi1 [0, 0]
// NAN-NEXT: 2xi1 [1, 1]
func.func @not_a_number() -> (tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xi1>, tensor<2xi1>) {
  %a = sinter.constant dense<[0x7FC00000, 1.0]> : tensor<2xf32> -> tensor<2xf32>
  %b = sinter.constant dense<[1.0, 0x7FC00000]> : tensor<2xf32> -> tensor<2xf32>
  %max = sinter.max %a, %b : tensor<2xf32>
  %min = sinter.min %a, %b : tensor<2xf32>
  %relu = sinter.relu %a : tensor<2xf32>
  %sign = sinter.sign %a : tensor<2xf32>
  %ge = sinter.compare ge, %a, %b : tensor<2xf32>
  %ne = sinter.compare ne, %a, %b : tensor<2xf32>
  return %max, %min, %relu, %sign, %ge, %ne : tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xf32>, tensor<2xi1>, tensor<2xi1>
}

// INT: 3xi32 [-2147483648, 5, -7]
// INT-NEXT: 3xi32 [2, 6, -10]
// INT-NEXT: 3xi32 [2147483647, 1, -3]
func.func @integers() -> (tensor<3xi32>, tensor<3xi32>, tensor<3xi32>) {
  %a = sinter.constant dense<[2147483647, 3, -5]> : tensor<3xi32> -> tensor<3xi32>
  %b = sinter.constant dense<[1, 2, -2]> : tensor<3xi32> -> tensor<3xi32>
  %c = sinter.constant dense<[-2, 2, 2]> : tensor<3xi32> -> tensor<3xi32>
  %add = sinter.add %a, %b : tensor<3xi32>
  %mul = sinter.mul %a, %c : tensor<3xi32>
  %one = sinter.constant dense<[1, 2, 1]> : tensor<3xi32> -> tensor<3xi32>
  %b2 = sinter.sub %a, %b : tensor<3xi32>
  %div = sinter.div %a, %one : tensor<3xi32>
  %max = sinter.max %b2, %div : tensor<3xi32>
  return %add, %mul, %max : tensor<3xi32>, tensor<3xi32>, tensor<3xi32>
}

// CONVERT: 4xi32 [2, -2, 0, 0]
// CONVERT-NEXT: 4xf32 [2, -2, 0, 0]
// CONVERT-NEXT: 4xf64 [1, 0, 1, 0]
// CONVERT-NEXT: 4xi8 [2, -2, 0, 0]
func.func @conversions() -> (tensor<4xi32>, tensor<4xf32>, tensor<4xf64>, tensor<4xi8>) {
  %x = sinter.constant dense<[2.7, -2.7, 0.3, -0.3]> : tensor<4xf32> -> tensor<4xf32>
  %y = sinter.constant dense<0.0> : tensor<4xf32> -> tensor<4xf32>
  %i = sinter.convert %x : tensor<4xf32> to tensor<4xi32>
  %f = sinter.convert %i : tensor<4xi32> to tensor<4xf32>
  %p = sinter.compare gt, %x, %y : tensor<4xf32>
  %q = sinter.convert %p : tensor<4xi1> to tensor<4xf64>
  %j = sinter.convert %i : tensor<4xi32> to tensor<4xi8>
  return %i, %f, %q, %j : tensor<4xi32>, tensor<4xf32>, tensor<4xf64>, tensor<4xi8>
}
