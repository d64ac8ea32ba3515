// Quotients by what has a square root in it are multiply-adds where a vector of 512 bits has an estimate of 1 / d; how exact they are, and
// that infinities, NaN and divisors of 0 come out as a division gives them, is in test/numeric/math_accuracy.py (by_root) and below.
// RUN: sinter-opt %s --sinter-expand-math=avx512=true --canonicalize --cse --split-input-file | FileCheck %s --check-prefix=MULTIPLIED
// RUN: sinter-opt %s --sinter-expand-math --split-input-file | FileCheck %s --check-prefix=DIVIDED

// DIVIDED-COUNT-5: arith.divf
// DIVIDED-NOT: rcp14

// MULTIPLIED-LABEL: func.func @adam
// MULTIPLIED-SAME:    %[[A:.*]]: vector<16xf32>, %[[V:.*]]: vector<16xf32>
// MULTIPLIED:       %[[ONE:.*]] = arith.constant dense<1.000000e+00> : vector<16xf32>
// MULTIPLIED:       %[[D:.*]] = math.fma
// MULTIPLIED:       %[[ESTIMATE:.*]] = llvm.call_intrinsic "llvm.x86.avx512.rcp14.ps.512"(%[[D]], %[[D]], %{{.*}})
// MULTIPLIED:       %[[MINUS:.*]] = arith.negf %[[D]]
// MULTIPLIED:       %[[E:.*]] = math.fma %[[MINUS]], %[[ESTIMATE]], %[[ONE]]
// MULTIPLIED:       %[[R:.*]] = math.fma %[[ESTIMATE]], %[[E]], %[[ESTIMATE]]
// MULTIPLIED:       %[[Q:.*]] = arith.mulf %[[A]], %[[R]]
// MULTIPLIED:       %[[EXCESS:.*]] = math.fma %[[D]], %[[Q]], %{{.*}}
// MULTIPLIED:       %[[LESS:.*]] = arith.negf %[[EXCESS]]
// MULTIPLIED:       %[[CORRECTED:.*]] = math.fma %[[LESS]], %[[R]], %[[Q]]
// MULTIPLIED:       %[[ISNAN:.*]] = arith.cmpf uno, %[[CORRECTED]], %[[CORRECTED]]
// MULTIPLIED:       %[[ROUGH:.*]] = arith.mulf %[[A]], %[[ESTIMATE]]
// MULTIPLIED:       arith.select %[[ISNAN]], %[[ROUGH]], %[[CORRECTED]]
func.func @adam(%a: vector<16xf32>, %v: vector<16xf32>) -> vector<16xf32> {
  %correction = arith.constant dense<1.0625> : vector<16xf32>
  %epsilon = arith.constant dense<1.0e-8> : vector<16xf32>
  %root = math.sqrt %v : vector<16xf32>
  %corrected = arith.mulf %root, %correction : vector<16xf32>
  %d = arith.addf %corrected, %epsilon : vector<16xf32>
  %q = arith.divf %a, %d : vector<16xf32>
  return %q : vector<16xf32>
}

// -----

// No root waits for the divider: the quotient may have it.
// MULTIPLIED-LABEL: func.func @no_root
// MULTIPLIED:         arith.divf
func.func @no_root(%a: vector<16xf32>, %d: vector<16xf32>) -> vector<16xf32> {
  %q = arith.divf %a, %d : vector<16xf32>
  return %q : vector<16xf32>
}

// -----

// Neither other lengths, nor scalars, nor f64.
// MULTIPLIED-LABEL: func.func @others
// MULTIPLIED-COUNT-3: arith.divf
func.func @others(%a: vector<8xf32>, %v: vector<8xf32>, %b: f32, %w: f32, %c: vector<8xf64>, %x: vector<8xf64>)
    -> (vector<8xf32>, f32, vector<8xf64>) {
  %r = math.sqrt %v : vector<8xf32>
  %q = arith.divf %a, %r : vector<8xf32>
  %s = math.sqrt %w : f32
  %p = arith.divf %b, %s : f32
  %t = math.sqrt %x : vector<8xf64>
  %o = arith.divf %c, %t : vector<8xf64>
  return %q, %p, %o : vector<8xf32>, f32, vector<8xf64>
}
