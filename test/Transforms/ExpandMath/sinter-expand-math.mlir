// RUN: sinter-opt %s --sinter-expand-math | FileCheck %s
// RUN: sinter-opt %s --sinter-expand-math=fma=false | FileCheck %s --check-prefix=SPLIT

// CHECK-LABEL: @exp_is_arithmetic
// CHECK-NOT: math.exp
// CHECK: math.fma {{.*}} : vector<16xf32>
// CHECK-NOT: math.exp
// SPLIT-LABEL: @exp_is_arithmetic
// SPLIT-NOT: math.fma
// SPLIT: arith.mulf
// SPLIT: return
func.func @exp_is_arithmetic(%x: vector<16xf32>) -> vector<16xf32> {
  %y = math.exp %x : vector<16xf32>
  return %y : vector<16xf32>
}

// CHECK-LABEL: @scalars_are_expanded_alike
// CHECK-NOT: math.tanh
// CHECK: return
func.func @scalars_are_expanded_alike(%x: f32) -> f32 {
  %y = math.tanh %x : f32
  return %y : f32
}

// Single precision by way of double; double precision is libm's.
// CHECK-LABEL: @power
// CHECK-NOT: math.powf {{.*}} : vector
// CHECK: arith.extf {{.*}} : vector<4xf32> to vector<4xf64>
// CHECK: arith.truncf {{.*}} : vector<4xf64> to vector<4xf32>
// CHECK-COUNT-2: math.powf {{.*}} : f64
// CHECK: vector.from_elements {{.*}} : vector<2xf64>
func.func @power(%x: vector<4xf32>, %y: vector<4xf32>, %u: vector<2xf64>, %v: vector<2xf64>) -> (vector<4xf32>, vector<2xf64>) {
  %z = math.powf %x, %y : vector<4xf32>
  %w = math.powf %u, %v : vector<2xf64>
  return %z, %w : vector<4xf32>, vector<2xf64>
}

// If a lane is too large, infinite or NaN, libm computes all of them. Without multiply-adds it always does.
// CHECK-LABEL: @sine
// CHECK: %[[MAGNITUDE:.*]] = math.absf %[[X:.*]] : vector<4xf32>
// CHECK: %[[LARGE:.*]] = arith.cmpf uge, %[[MAGNITUDE]]
// CHECK: %[[ANY:.*]] = vector.reduction <or>, %[[LARGE]]
// CHECK: scf.if %[[ANY]]
// CHECK: scf.for {{.*}} iter_args(%{{.*}} = %[[X]])
// CHECK: math.sin %{{.*}} : f32
// CHECK: else
// CHECK: math.fma
// CHECK-NOT: math.sin
// CHECK: return
// SPLIT-LABEL: @sine
// SPLIT-COUNT-4: math.sin {{.*}} : f32
// SPLIT: vector.from_elements
func.func @sine(%x: vector<4xf32>) -> vector<4xf32> {
  %y = math.sin %x : vector<4xf32>
  return %y : vector<4xf32>
}

// CHECK-LABEL: @scalar_cosine
// CHECK-NOT: vector
// CHECK: scf.if
// CHECK-NEXT: math.cos %{{.*}} : f64
// CHECK: return
func.func @scalar_cosine(%x: f64) -> f64 {
  %y = math.cos %x : f64
  return %y : f64
}

// CHECK-LABEL: @erf_is_arithmetic_in_both_precisions
// CHECK-NOT: math.erf
// CHECK: return
func.func @erf_is_arithmetic_in_both_precisions(%x: vector<2xf64>, %y: vector<4xf32>) -> (vector<2xf64>, vector<4xf32>) {
  %e = math.erf %x : vector<2xf64>
  %f = math.erf %y : vector<4xf32>
  return %e, %f : vector<2xf64>, vector<4xf32>
}

// Only here is there a quotient.
// CHECK-LABEL: @one_plus_erf_is_one_function
// CHECK-NOT: math.erf
// CHECK: arith.divf
// CHECK-NOT: math.erf
// CHECK: arith.divf
// CHECK: return
func.func @one_plus_erf_is_one_function(%x: vector<8xf32>) -> (vector<8xf32>, vector<8xf32>) {
  %one = arith.constant dense<1.0> : vector<8xf32>
  %e = math.erf %x : vector<8xf32>
  %a = arith.addf %e, %one : vector<8xf32>
  %b = arith.addf %one, %e : vector<8xf32>
  return %a, %b : vector<8xf32>, vector<8xf32>
}

// CHECK-LABEL: @two_plus_erf_is_not
// CHECK-NOT: arith.divf
// CHECK: arith.addf
// CHECK: return
func.func @two_plus_erf_is_not(%x: vector<8xf32>) -> vector<8xf32> {
  %two = arith.constant dense<2.0> : vector<8xf32>
  %e = math.erf %x : vector<8xf32>
  %a = arith.addf %two, %e : vector<8xf32>
  return %a : vector<8xf32>
}

// CHECK-LABEL: @sigmoid_needs_no_negation
// CHECK-NOT: arith.negf
// CHECK: arith.divf
// CHECK: return
func.func @sigmoid_needs_no_negation(%x: vector<8xf32>) -> vector<8xf32> {
  %one = arith.constant dense<1.0> : vector<8xf32>
  %minus = arith.negf %x : vector<8xf32>
  %exp = math.exp %minus : vector<8xf32>
  %sum = arith.addf %one, %exp : vector<8xf32>
  %y = arith.divf %one, %sum : vector<8xf32>
  return %y : vector<8xf32>
}

// CHECK-LABEL: @rsqrt
// CHECK: %[[ROOT:.*]] = math.sqrt
// CHECK: arith.divf %{{.*}}, %[[ROOT]]
func.func @rsqrt(%x: vector<8xf32>) -> vector<8xf32> {
  %y = math.rsqrt %x : vector<8xf32>
  return %y : vector<8xf32>
}

// CHECK-LABEL: @instructions_stay
// CHECK: math.sqrt
// CHECK: math.absf
// CHECK: vector.fma
// SPLIT-LABEL: @instructions_stay
// SPLIT-NOT: vector.fma
func.func @instructions_stay(%x: vector<8xf32>) -> vector<8xf32> {
  %y = math.sqrt %x : vector<8xf32>
  %z = math.absf %y : vector<8xf32>
  %w = vector.fma %x, %y, %z : vector<8xf32>
  return %w : vector<8xf32>
}
