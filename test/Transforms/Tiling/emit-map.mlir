// Elementwise kernels: runs of elements where every tensor has all dims, else runs of rows; vectors, then a masked rest.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse | FileCheck %s

// CHECK-DAG: #[[MAP:.*]] = affine_map<(d0) -> ((d0 * 6) ceildiv 16)>
// CHECK-DAG: #[[MAP1:.*]] = affine_map<(d0) -> (d0 ceildiv 2)>
// CHECK-DAG: #[[MAP2:.*]] = affine_map<(d0) -> (1)>
// CHECK-DAG: #[[MAP3:.*]] = affine_map<(d0) -> (2)>
// CHECK-DAG: #[[MAP4:.*]] = affine_map<(d0) -> (d0)>

#element = affine_map<(i, j) -> (i, j)>
#column = affine_map<(i, j) -> (j)>
#row = affine_map<(i, j) -> (i)>
#all = affine_map<(i, j) -> ()>
#none = affine_map<() -> ()>
module attributes {sinter.batch = 5 : i64} {
  // CHECK-LABEL: func.func @one_run(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x6xf32>, %[[E:[^:]*]]: tensor<?x6xf32>
  // CHECK-NEXT: %[[LAUNCH:.*]] = sinter.launch @one_run_0 items #[[MAP]] parallel ins(%[[X]] :{{.*}} outs(%[[E]] :
  // CHECK-NEXT: return %[[LAUNCH]]
  func.func @one_run(%x: tensor<?x6xf32>, %e: tensor<?x6xf32>) -> tensor<?x6xf32> {
    %r = sinter.kernel "one_run" schedule #sinter.schedule<map, tile = [16, 2], vector = 4, parallel = true>
        ins(%x : tensor<?x6xf32>) outs(%e : tensor<?x6xf32>) -> tensor<?x6xf32> {
    ^bb0(%a: tensor<?x6xf32>, %o: tensor<?x6xf32>):
      %two = arith.constant 2.0 : f32
      %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x6xf32>) outs(%o : tensor<?x6xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.mulf %v, %two : f32
        linalg.yield %z : f32
      } -> tensor<?x6xf32>
      sinter.yield %y : tensor<?x6xf32>
    }
    return %r : tensor<?x6xf32>
  }

  // CHECK-LABEL: func.func @broadcasts(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x6xf32>, %[[B:[^:]*]]: tensor<6xf32>, %[[Q:[^:]*]]: tensor<?xf32>, %[[S:[^:]*]]: tensor<f32>, %[[E:[^:]*]]: tensor<?x6xf32>
  // CHECK-NEXT: %[[LAUNCH:.*]] = sinter.launch @broadcasts_1 items #[[MAP1]] parallel ins(%[[X]], %[[B]], %[[Q]], %[[S]] :{{.*}} outs(%[[E]] :
  // CHECK-NEXT: return %[[LAUNCH]]
  func.func @broadcasts(%x: tensor<?x6xf32>, %b: tensor<6xf32>, %q: tensor<?xf32>, %s: tensor<f32>, %e: tensor<?x6xf32>) -> tensor<?x6xf32> {
    %r = sinter.kernel "broadcasts" schedule #sinter.schedule<map, tile = [12, 1], vector = 4, parallel = true>
        ins(%x, %b, %q, %s : tensor<?x6xf32>, tensor<6xf32>, tensor<?xf32>, tensor<f32>) outs(%e : tensor<?x6xf32>) -> tensor<?x6xf32> {
    ^bb0(%a: tensor<?x6xf32>, %c: tensor<6xf32>, %d: tensor<?xf32>, %f: tensor<f32>, %o: tensor<?x6xf32>):
      %y = linalg.generic {indexing_maps = [#element, #column, #row, #all, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a, %c, %d, %f : tensor<?x6xf32>, tensor<6xf32>, tensor<?xf32>, tensor<f32>) outs(%o : tensor<?x6xf32>) {
      ^bb0(%v: f32, %w: f32, %p: f32, %g: f32, %u: f32):
        %h = math.sqrt %g : f32
        %k = arith.divf %p, %h : f32
        %m = arith.mulf %v, %k : f32
        %z = arith.addf %m, %w : f32
        linalg.yield %z : f32
      } -> tensor<?x6xf32>
      sinter.yield %y : tensor<?x6xf32>
    }
    return %r : tensor<?x6xf32>
  }

  // CHECK-LABEL: func.func @scalars(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x6xf32>, %[[E:[^:]*]]: tensor<f32>
  // CHECK-NEXT: %[[LAUNCH:.*]] = sinter.launch @scalars_2 items #[[MAP2]] ins(%[[X]] :{{.*}} outs(%[[E]] :
  // CHECK-NEXT: return %[[LAUNCH]]
  func.func @scalars(%x: tensor<?x6xf32>, %e: tensor<f32>) -> tensor<f32> {
    %r = sinter.kernel "scalars" schedule #sinter.schedule<map, tile = [4096, 1], vector = 8, parallel = false>
        ins(%x : tensor<?x6xf32>) outs(%e : tensor<f32>) -> tensor<f32> {
    ^bb0(%a: tensor<?x6xf32>, %o: tensor<f32>):
      %c0 = arith.constant 0 : index
      %rows = tensor.dim %a, %c0 : tensor<?x6xf32>
      %y = linalg.generic {indexing_maps = [#none], iterator_types = []} outs(%o : tensor<f32>) {
      ^bb0(%u: f32):
        %i = arith.index_cast %rows : index to i64
        %z = arith.sitofp %i : i64 to f32
        linalg.yield %z : f32
      } -> tensor<f32>
      sinter.yield %y : tensor<f32>
    }
    return %r : tensor<f32>
  }
  // CHECK-LABEL: func.func @in_place(
  // CHECK-SAME: %[[G:[^:]*]]: tensor<3x6xf32>, %[[M:[^:]*]]: tensor<3x6xf32>, %[[W:[^:]*]]: tensor<3x6xf32>
  // CHECK-NEXT: %[[LAUNCH:.*]]:2 = sinter.launch @in_place_3 items #[[MAP3]] ins(%[[G]] :{{.*}} outs(%[[M]], %[[W]] :
  // CHECK-NEXT: return %[[LAUNCH]]#0, %[[LAUNCH]]#1
  func.func @in_place(%g: tensor<3x6xf32>, %m: tensor<3x6xf32>, %w: tensor<3x6xf32>) -> (tensor<3x6xf32>, tensor<3x6xf32>) {
    %r:2 = sinter.kernel "in_place" schedule #sinter.schedule<map, tile = [16, 2], vector = 8, parallel = false>
        ins(%g : tensor<3x6xf32>) outs(%m, %w : tensor<3x6xf32>, tensor<3x6xf32>) -> tensor<3x6xf32>, tensor<3x6xf32> {
    ^bb0(%a: tensor<3x6xf32>, %o: tensor<3x6xf32>, %p: tensor<3x6xf32>):
      %y:2 = linalg.generic {indexing_maps = [#element, #element, #element, #element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a, %o, %p : tensor<3x6xf32>, tensor<3x6xf32>, tensor<3x6xf32>) outs(%o, %p : tensor<3x6xf32>, tensor<3x6xf32>) {
      ^bb0(%v: f32, %k: f32, %l: f32, %u: f32, %t: f32):
        %z = arith.addf %k, %v : f32
        %q = arith.subf %l, %k : f32
        linalg.yield %z, %q : f32, f32
      } -> (tensor<3x6xf32>, tensor<3x6xf32>)
      sinter.yield %y#0, %y#1 : tensor<3x6xf32>, tensor<3x6xf32>
    }
    return %r#0, %r#1 : tensor<3x6xf32>, tensor<3x6xf32>
  }
  // CHECK-LABEL: func.func @bits_and_indices(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x6xf32>, %[[E:[^:]*]]: tensor<?x6xi1>
  // CHECK-NEXT: %[[LAUNCH:.*]] = sinter.launch @bits_and_indices_4 items #[[MAP4]] parallel ins(%[[X]] :{{.*}} outs(%[[E]] :
  // CHECK-NEXT: return %[[LAUNCH]]
  func.func @bits_and_indices(%x: tensor<?x6xf32>, %e: tensor<?x6xi1>) -> tensor<?x6xi1> {
    %r = sinter.kernel "bits and indices" schedule #sinter.schedule<map, tile = [8, 1], vector = 4, parallel = true>
        ins(%x : tensor<?x6xf32>) outs(%e : tensor<?x6xi1>) -> tensor<?x6xi1> {
    ^bb0(%a: tensor<?x6xf32>, %o: tensor<?x6xi1>):
      %y = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x6xf32>) outs(%o : tensor<?x6xi1>) {
      ^bb0(%v: f32, %u: i1):
        %i = linalg.index 1 : index
        %n = arith.index_cast %i : index to i32
        %f = arith.sitofp %n : i32 to f32
        %z = arith.cmpf olt, %f, %v : f32
        linalg.yield %z : i1
      } -> tensor<?x6xi1>
      sinter.yield %y : tensor<?x6xi1>
    }
    return %r : tensor<?x6xi1>
  }


  // Items of 16 elements, two vectors of 4 per iteration, single vectors, at last a masked one; never beyond the rows.
  // CHECK-LABEL: func.func private @one_run_0(
  // CHECK-SAME: %[[X:[^:]*]]: memref<5x6xf32>, %[[E:[^:]*]]: memref<5x6xf32>,
  // CHECK-SAME: %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
  // CHECK-DAG: %[[TWO:.*]] = arith.constant dense<2.000000e+00> : vector<4xf32>
  // CHECK-DAG: %[[C4:.*]] = arith.constant 4 : index
  // CHECK-DAG: %[[C8:.*]] = arith.constant 8 : index
  // CHECK-DAG: %[[C6:.*]] = arith.constant 6 : index
  // CHECK-DAG: %[[C16:.*]] = arith.constant 16 : index
  // CHECK: %[[COLLAPSE_SHAPE:.*]] = memref.collapse_shape %[[E]] {{\[\[}}0, 1]] : memref<5x6xf32> into memref<30xf32>
  // CHECK-NEXT: %[[COLLAPSE_SHAPE1:.*]] = memref.collapse_shape %[[X]] {{\[\[}}0, 1]] : memref<5x6xf32> into memref<30xf32>
  // CHECK-NEXT: %[[MULI:.*]] = arith.muli %[[LO]], %[[C16]]
  // CHECK-NEXT: %[[MULI1:.*]] = arith.muli %[[HI]], %[[C16]]
  // CHECK-NEXT: %[[MULI2:.*]] = arith.muli %[[ROWS]], %[[C6]]
  // CHECK-NEXT: %[[MINSI:.*]] = arith.minsi %[[MULI1]], %[[MULI2]]
  // CHECK-NEXT: %[[SUBI:.*]] = arith.subi %[[MINSI]], %[[MULI]]
  // CHECK-NEXT: %[[DIVSI:.*]] = arith.divsi %[[SUBI]], %[[C8]]
  // CHECK-NEXT: %[[MULI3:.*]] = arith.muli %[[DIVSI]], %[[C8]]
  // CHECK-NEXT: %[[ADDI:.*]] = arith.addi %[[MULI]], %[[MULI3]]
  // CHECK-NEXT: %[[DIVSI1:.*]] = arith.divsi %[[SUBI]], %[[C4]]
  // CHECK-NEXT: %[[MULI4:.*]] = arith.muli %[[DIVSI1]], %[[C4]]
  // CHECK-NEXT: %[[ADDI1:.*]] = arith.addi %[[MULI]], %[[MULI4]]
  // CHECK-NEXT: scf.for %[[I:.*]] = %[[MULI]] to %[[ADDI]] step %[[C8]] {
  // CHECK-NEXT: %[[LOAD:.*]] = vector.load %[[COLLAPSE_SHAPE1]][%[[I]]] : memref<30xf32>, vector<4xf32>
  // CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[LOAD]], %[[TWO]]
  // CHECK-NEXT: vector.store %[[MULF]], %[[COLLAPSE_SHAPE]][%[[I]]]
  // CHECK-NEXT: %[[ADDI2:.*]] = arith.addi %[[I]], %[[C4]]
  // CHECK-NEXT: %[[LOAD1:.*]] = vector.load %[[COLLAPSE_SHAPE1]][%[[ADDI2]]] : memref<30xf32>, vector<4xf32>
  // CHECK-NEXT: %[[MULF1:.*]] = arith.mulf %[[LOAD1]], %[[TWO]]
  // CHECK-NEXT: vector.store %[[MULF1]], %[[COLLAPSE_SHAPE]][%[[ADDI2]]]
  // CHECK-NEXT: }
  // CHECK-NEXT: scf.for %[[I1:.*]] = %[[ADDI]] to %[[ADDI1]] step %[[C4]] {
  // CHECK-NEXT: %[[LOAD2:.*]] = vector.load %[[COLLAPSE_SHAPE1]][%[[I1]]] : memref<30xf32>, vector<4xf32>
  // CHECK-NEXT: %[[MULF2:.*]] = arith.mulf %[[LOAD2]], %[[TWO]]
  // CHECK-NEXT: vector.store %[[MULF2]], %[[COLLAPSE_SHAPE]][%[[I1]]]
  // CHECK-NEXT: }
  // CHECK-NEXT: %[[CMPI:.*]] = arith.cmpi slt, %[[ADDI1]], %[[MINSI]]
  // CHECK-NEXT: scf.if %[[CMPI]] {
  // CHECK-NEXT: %[[SUBI1:.*]] = arith.subi %[[MINSI]], %[[ADDI1]]
  // CHECK-NEXT: %[[CREATE_MASK:.*]] = vector.create_mask %[[SUBI1]] : vector<4xi1>
  // CHECK-NEXT: %[[MASKEDLOAD:.*]] = vector.maskedload %[[COLLAPSE_SHAPE1]][%[[ADDI1]]], %[[CREATE_MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[MULF3:.*]] = arith.mulf %[[MASKEDLOAD]], %[[TWO]]
  // CHECK-NEXT: vector.maskedstore %[[COLLAPSE_SHAPE]][%[[ADDI1]]], %[[CREATE_MASK]], %[[MULF3]]
  // CHECK-NEXT: }
  // CHECK-NEXT: return

  // Items of 2 rows of 6. What a row or the call knows is computed outside the loops over its columns.
  // CHECK-LABEL: func.func private @broadcasts_1(
  // CHECK-SAME: %[[X:[^:]*]]: memref<5x6xf32>, %[[B:[^:]*]]: memref<6xf32>, %[[Q:[^:]*]]: memref<5xf32>, %[[S:[^:]*]]: memref<f32>, %[[E:[^:]*]]: memref<5x6xf32>,
  // CHECK-SAME: %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
  // CHECK-DAG: %[[MASK:.*]] = arith.constant dense<[true, true, false, false]> : vector<4xi1>
  // CHECK-DAG: %[[C4:.*]] = arith.constant 4 : index
  // CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
  // CHECK-DAG: %[[C2:.*]] = arith.constant 2 : index
  // CHECK: %[[MULI:.*]] = arith.muli %[[LO]], %[[C2]]
  // CHECK-NEXT: %[[MULI1:.*]] = arith.muli %[[HI]], %[[C2]]
  // CHECK-NEXT: %[[MINSI:.*]] = arith.minsi %[[MULI1]], %[[ROWS]]
  // CHECK-NEXT: %[[LOAD:.*]] = memref.load %[[S]][] : memref<f32>
  // CHECK-NEXT: scf.for %[[I:.*]] = %[[MULI]] to %[[MINSI]] step %[[C1]] {
  // CHECK-NEXT: %[[LOAD1:.*]] = memref.load %[[Q]][%[[I]]] : memref<5xf32>
  // CHECK-NEXT: %[[LOAD2:.*]] = vector.load %[[X]][%[[I]], %[[C0]]] : memref<5x6xf32>, vector<4xf32>
  // CHECK-NEXT: %[[LOAD3:.*]] = vector.load %[[B]][%[[C0]]] : memref<6xf32>, vector<4xf32>
  // CHECK-NEXT: %[[SQRT:.*]] = math.sqrt %[[LOAD]]
  // CHECK-NEXT: %[[DIVF:.*]] = arith.divf %[[LOAD1]], %[[SQRT]]
  // CHECK-NEXT: %[[BROADCAST:.*]] = vector.broadcast %[[DIVF]] : f32 to vector<4xf32>
  // CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[LOAD2]], %[[BROADCAST]]
  // CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[MULF]], %[[LOAD3]]
  // CHECK-NEXT: vector.store %[[ADDF]], %[[E]][%[[I]], %[[C0]]]
  // CHECK-NEXT: %[[MASKEDLOAD:.*]] = vector.maskedload %[[X]][%[[I]], %[[C4]]], %[[MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[MASKEDLOAD1:.*]] = vector.maskedload %[[B]][%[[C4]]], %[[MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[MULF1:.*]] = arith.mulf %[[MASKEDLOAD]], %[[BROADCAST]]
  // CHECK-NEXT: %[[ADDF1:.*]] = arith.addf %[[MULF1]], %[[MASKEDLOAD1]]
  // CHECK-NEXT: vector.maskedstore %[[E]][%[[I]], %[[C4]]], %[[MASK]], %[[ADDF1]]
  // CHECK-NEXT: }
  // CHECK-NEXT: return

  // One item; the rows of the call are a number.
  // CHECK-LABEL: func.func private @scalars_2(
  // CHECK-SAME: %[[X:[^:]*]]: memref<5x6xf32>, %[[E:[^:]*]]: memref<f32>,
  // CHECK-SAME: %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
  // CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
  // CHECK: scf.for %[[I:.*]] = %[[LO]] to %[[HI]] step %[[C1]] {
  // CHECK-NEXT: %[[INDEX_CAST:.*]] = arith.index_cast %[[ROWS]] : index to i64
  // CHECK-NEXT: %[[SITOFP:.*]] = arith.sitofp %[[INDEX_CAST]] : i64 to f32
  // CHECK-NEXT: memref.store %[[SITOFP]], %[[E]][] : memref<f32>
  // CHECK-NEXT: }
  // CHECK-NEXT: return

  // Every result of a point is computed before the first is stored: `w` gets the old `m`.
  // CHECK-LABEL: func.func private @in_place_3(
  // CHECK-SAME: %[[G:[^:]*]]: memref<3x6xf32>, %[[M:[^:]*]]: memref<3x6xf32>, %[[W:[^:]*]]: memref<3x6xf32>,
  // CHECK-SAME: %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<8xf32>
  // CHECK-DAG: %[[C8:.*]] = arith.constant 8 : index
  // CHECK-DAG: %[[C18:.*]] = arith.constant 18 : index
  // CHECK-DAG: %[[C16:.*]] = arith.constant 16 : index
  // CHECK: %[[COLLAPSE_SHAPE:.*]] = memref.collapse_shape %[[W]] {{\[\[}}0, 1]] : memref<3x6xf32> into memref<18xf32>
  // CHECK-NEXT: %[[COLLAPSE_SHAPE1:.*]] = memref.collapse_shape %[[M]] {{\[\[}}0, 1]] : memref<3x6xf32> into memref<18xf32>
  // CHECK-NEXT: %[[COLLAPSE_SHAPE2:.*]] = memref.collapse_shape %[[G]] {{\[\[}}0, 1]] : memref<3x6xf32> into memref<18xf32>
  // CHECK-NEXT: %[[MULI:.*]] = arith.muli %[[LO]], %[[C16]]
  // CHECK-NEXT: %[[MULI1:.*]] = arith.muli %[[HI]], %[[C16]]
  // CHECK-NEXT: %[[MINSI:.*]] = arith.minsi %[[MULI1]], %[[C18]]
  // CHECK-NEXT: %[[SUBI:.*]] = arith.subi %[[MINSI]], %[[MULI]]
  // CHECK-NEXT: %[[DIVSI:.*]] = arith.divsi %[[SUBI]], %[[C16]]
  // CHECK-NEXT: %[[MULI2:.*]] = arith.muli %[[DIVSI]], %[[C16]]
  // CHECK-NEXT: %[[ADDI:.*]] = arith.addi %[[MULI]], %[[MULI2]]
  // CHECK-NEXT: %[[DIVSI1:.*]] = arith.divsi %[[SUBI]], %[[C8]]
  // CHECK-NEXT: %[[MULI3:.*]] = arith.muli %[[DIVSI1]], %[[C8]]
  // CHECK-NEXT: %[[ADDI1:.*]] = arith.addi %[[MULI]], %[[MULI3]]
  // CHECK-NEXT: scf.for %[[I:.*]] = %[[MULI]] to %[[ADDI]] step %[[C16]] {
  // CHECK-NEXT: %[[LOAD:.*]] = vector.load %[[COLLAPSE_SHAPE2]][%[[I]]] : memref<18xf32>, vector<8xf32>
  // CHECK-NEXT: %[[LOAD1:.*]] = vector.load %[[COLLAPSE_SHAPE1]][%[[I]]] : memref<18xf32>, vector<8xf32>
  // CHECK-NEXT: %[[LOAD2:.*]] = vector.load %[[COLLAPSE_SHAPE]][%[[I]]] : memref<18xf32>, vector<8xf32>
  // CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[LOAD1]], %[[LOAD]]
  // CHECK-NEXT: %[[SUBF:.*]] = arith.subf %[[LOAD2]], %[[LOAD1]]
  // CHECK-NEXT: vector.store %[[ADDF]], %[[COLLAPSE_SHAPE1]][%[[I]]]
  // CHECK-NEXT: vector.store %[[SUBF]], %[[COLLAPSE_SHAPE]][%[[I]]]
  // CHECK-NEXT: %[[ADDI2:.*]] = arith.addi %[[I]], %[[C8]]
  // CHECK-NEXT: %[[LOAD3:.*]] = vector.load %[[COLLAPSE_SHAPE2]][%[[ADDI2]]] : memref<18xf32>, vector<8xf32>
  // CHECK-NEXT: %[[LOAD4:.*]] = vector.load %[[COLLAPSE_SHAPE1]][%[[ADDI2]]] : memref<18xf32>, vector<8xf32>
  // CHECK-NEXT: %[[LOAD5:.*]] = vector.load %[[COLLAPSE_SHAPE]][%[[ADDI2]]] : memref<18xf32>, vector<8xf32>
  // CHECK-NEXT: %[[ADDF1:.*]] = arith.addf %[[LOAD4]], %[[LOAD3]]
  // CHECK-NEXT: %[[SUBF1:.*]] = arith.subf %[[LOAD5]], %[[LOAD4]]
  // CHECK-NEXT: vector.store %[[ADDF1]], %[[COLLAPSE_SHAPE1]][%[[ADDI2]]]
  // CHECK-NEXT: vector.store %[[SUBF1]], %[[COLLAPSE_SHAPE]][%[[ADDI2]]]
  // CHECK-NEXT: }
  // CHECK-NEXT: scf.for %[[I1:.*]] = %[[ADDI]] to %[[ADDI1]] step %[[C8]] {
  // CHECK-NEXT: %[[LOAD6:.*]] = vector.load %[[COLLAPSE_SHAPE2]][%[[I1]]] : memref<18xf32>, vector<8xf32>
  // CHECK-NEXT: %[[LOAD7:.*]] = vector.load %[[COLLAPSE_SHAPE1]][%[[I1]]] : memref<18xf32>, vector<8xf32>
  // CHECK-NEXT: %[[LOAD8:.*]] = vector.load %[[COLLAPSE_SHAPE]][%[[I1]]] : memref<18xf32>, vector<8xf32>
  // CHECK-NEXT: %[[ADDF2:.*]] = arith.addf %[[LOAD7]], %[[LOAD6]]
  // CHECK-NEXT: %[[SUBF2:.*]] = arith.subf %[[LOAD8]], %[[LOAD7]]
  // CHECK-NEXT: vector.store %[[ADDF2]], %[[COLLAPSE_SHAPE1]][%[[I1]]]
  // CHECK-NEXT: vector.store %[[SUBF2]], %[[COLLAPSE_SHAPE]][%[[I1]]]
  // CHECK-NEXT: }
  // CHECK-NEXT: %[[CMPI:.*]] = arith.cmpi slt, %[[ADDI1]], %[[MINSI]]
  // CHECK-NEXT: scf.if %[[CMPI]] {
  // CHECK-NEXT: %[[SUBI1:.*]] = arith.subi %[[MINSI]], %[[ADDI1]]
  // CHECK-NEXT: %[[CREATE_MASK:.*]] = vector.create_mask %[[SUBI1]] : vector<8xi1>
  // CHECK-NEXT: %[[MASKEDLOAD:.*]] = vector.maskedload %[[COLLAPSE_SHAPE2]][%[[ADDI1]]], %[[CREATE_MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[MASKEDLOAD1:.*]] = vector.maskedload %[[COLLAPSE_SHAPE1]][%[[ADDI1]]], %[[CREATE_MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[MASKEDLOAD2:.*]] = vector.maskedload %[[COLLAPSE_SHAPE]][%[[ADDI1]]], %[[CREATE_MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[ADDF3:.*]] = arith.addf %[[MASKEDLOAD1]], %[[MASKEDLOAD]]
  // CHECK-NEXT: %[[SUBF3:.*]] = arith.subf %[[MASKEDLOAD2]], %[[MASKEDLOAD1]]
  // CHECK-NEXT: vector.maskedstore %[[COLLAPSE_SHAPE1]][%[[ADDI1]]], %[[CREATE_MASK]], %[[ADDF3]]
  // CHECK-NEXT: vector.maskedstore %[[COLLAPSE_SHAPE]][%[[ADDI1]]], %[[CREATE_MASK]], %[[SUBF3]]
  // CHECK-NEXT: }
  // CHECK-NEXT: return

  // i1 is stored in bytes; indices are vectors of consecutive numbers.
  // CHECK-LABEL: func.func private @bits_and_indices_4(
  // CHECK-SAME: %[[X:[^:]*]]: memref<5x6xf32>, %[[E:[^:]*]]: memref<5x6xi8>,
  // CHECK-SAME: %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
  // CHECK-DAG: %[[LANES:.*]] = arith.constant dense<[4.000000e+00, 5.000000e+00, 6.000000e+00, 7.000000e+00]> : vector<4xf32>
  // CHECK-DAG: %[[LANES1:.*]] = arith.constant dense<[0.000000e+00, 1.000000e+00, 2.000000e+00, 3.000000e+00]> : vector<4xf32>
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
  // CHECK-DAG: %[[MASK:.*]] = arith.constant dense<[true, true, false, false]> : vector<4xi1>
  // CHECK-DAG: %[[C4:.*]] = arith.constant 4 : index
  // CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
  // CHECK: %[[MINSI:.*]] = arith.minsi %[[HI]], %[[ROWS]]
  // CHECK-NEXT: scf.for %[[I:.*]] = %[[LO]] to %[[MINSI]] step %[[C1]] {
  // CHECK-NEXT: %[[LOAD:.*]] = vector.load %[[X]][%[[I]], %[[C0]]] : memref<5x6xf32>, vector<4xf32>
  // CHECK-NEXT: %[[CMPF:.*]] = arith.cmpf olt, %[[LANES1]], %[[LOAD]]
  // CHECK-NEXT: %[[EXTUI:.*]] = arith.extui %[[CMPF]] : vector<4xi1> to vector<4xi8>
  // CHECK-NEXT: vector.store %[[EXTUI]], %[[E]][%[[I]], %[[C0]]]
  // CHECK-NEXT: %[[MASKEDLOAD:.*]] = vector.maskedload %[[X]][%[[I]], %[[C4]]], %[[MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[CMPF1:.*]] = arith.cmpf olt, %[[LANES]], %[[MASKEDLOAD]]
  // CHECK-NEXT: %[[EXTUI1:.*]] = arith.extui %[[CMPF1]] : vector<4xi1> to vector<4xi8>
  // CHECK-NEXT: vector.maskedstore %[[E]][%[[I]], %[[C4]]], %[[MASK]], %[[EXTUI1]]
  // CHECK-NEXT: }
  // CHECK-NEXT: return
}

