// Conversions between f32 and bf16 become integer arithmetic; those of f16 where the target has no instructions for them; others stay.
// RUN: sinter-opt %s --sinter-expand-math | FileCheck %s --check-prefixes=CHECK,INSTRUCTIONS
// RUN: sinter-opt %s --sinter-expand-math=f16=false | FileCheck %s --check-prefixes=CHECK,INTEGERS

// CHECK-LABEL: @narrow
// CHECK-SAME: %[[X:.*]]: vector<16xf32>
// CHECK: %[[BITS:.*]] = arith.bitcast %[[X]] : vector<16xf32> to vector<16xi32>
// CHECK: arith.shrui %[[BITS]]
// CHECK: arith.cmpf uno, %[[X]], %[[X]]
// CHECK: arith.trunci {{.*}} : vector<16xi32> to vector<16xi16>
// CHECK-NEXT: %[[R:.*]] = arith.bitcast {{.*}} : vector<16xi16> to vector<16xbf16>
// CHECK-NEXT: return %[[R]]
func.func @narrow(%x: vector<16xf32>) -> vector<16xbf16> {
  %r = arith.truncf %x : vector<16xf32> to vector<16xbf16>
  return %r : vector<16xbf16>
}

// CHECK-LABEL: @widen
// CHECK-NOT: arith.extf
// CHECK: arith.extui {{.*}} : i16 to i32
// CHECK: arith.shli
// CHECK-NEXT: arith.bitcast {{.*}} : i32 to f32
func.func @widen(%x: bf16) -> f32 {
  %r = arith.extf %x : bf16 to f32
  return %r : f32
}

// Rounded to bf16 and widened: nothing is narrow in between.
// CHECK-LABEL: @round
// CHECK: %[[R:.*]] = arith.select {{.*}} : vector<8xi1>, vector<8xi32>
// CHECK: %[[C:.*]] = arith.constant dense<-65536> : vector<8xi32>
// CHECK: %[[U:.*]] = arith.andi %[[R]], %[[C]]
// CHECK-NEXT: %[[F:.*]] = arith.bitcast %[[U]] : vector<8xi32> to vector<8xf32>
// CHECK-NEXT: return %[[F]]
func.func @round(%x: vector<8xf32>) -> vector<8xf32> {
  %n = arith.truncf %x : vector<8xf32> to vector<8xbf16>
  %w = arith.extf %n : vector<8xbf16> to vector<8xf32>
  return %w : vector<8xf32>
}

// CHECK-LABEL: @others
// CHECK: arith.truncf {{.*}} : f64 to f32
// CHECK: arith.extf {{.*}} : f32 to f64
func.func @others(%x: f64, %y: f32) -> (f32, f64) {
  %r = arith.truncf %x : f64 to f32
  %s = arith.extf %y : f32 to f64
  return %r, %s : f32, f64
}

// CHECK-LABEL: @f16
// INSTRUCTIONS-NEXT: arith.truncf %{{.*}} : vector<8xf32> to vector<8xf16>
// INSTRUCTIONS-NEXT: arith.extf %{{.*}} : vector<8xf16> to vector<8xf32>
// INTEGERS-NOT: {{truncf|extf}}
// INTEGERS: %[[SUM:.*]] = arith.addf
// INTEGERS: arith.bitcast %[[SUM]] : vector<8xf32> to vector<8xi32>
// INTEGERS: %[[NARROW:.*]] = arith.trunci {{.*}} : vector<8xi32> to vector<8xi16>
// INTEGERS: %[[HALF:.*]] = arith.bitcast %[[NARROW]] : vector<8xi16> to vector<8xf16>
// INTEGERS: arith.bitcast %[[HALF]] : vector<8xf16> to vector<8xi16>
// INTEGERS: arith.mulf
// INTEGERS: arith.bitcast {{.*}} : vector<8xi32> to vector<8xf32>
// CHECK: return
func.func @f16(%x: vector<8xf32>) -> vector<8xf32> {
  %n = arith.truncf %x : vector<8xf32> to vector<8xf16>
  %w = arith.extf %n : vector<8xf16> to vector<8xf32>
  return %w : vector<8xf32>
}
