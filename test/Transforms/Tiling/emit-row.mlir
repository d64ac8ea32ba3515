// Row kernels: one pass per reduction over the last dim; short rows are held in registers, long ones keep what is dear.
// RUN: sinter-opt %s --sinter-emit-kernels --canonicalize --cse | FileCheck %s

// CHECK-DAG: #[[MAP:.*]] = affine_map<(d0) -> (d0 ceildiv 4)>
// CHECK-DAG: #[[MAP1:.*]] = affine_map<(d0) -> (d0 ceildiv 3)>
// CHECK-DAG: #[[MAP2:.*]] = affine_map<(d0) -> (1)>

#element = affine_map<(i, j) -> (i, j)>
#row = affine_map<(i, j) -> (i)>
#vector = affine_map<(i) -> (i)>
#none = affine_map<(i) -> ()>
module attributes {sinter.batch = 5 : i64} {
  // CHECK-LABEL: func.func @centered(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x6xf32>, %[[E:[^:]*]]: tensor<?x6xf32>
  // CHECK-NEXT: %[[LAUNCH:.*]] = sinter.launch @centered_0 items #[[MAP]] parallel ins(%[[X]] :{{.*}} outs(%[[E]] :
  // CHECK-NEXT: return %[[LAUNCH]]
  func.func @centered(%x: tensor<?x6xf32>, %e: tensor<?x6xf32>) -> tensor<?x6xf32> {
    %r = sinter.kernel "centered" schedule #sinter.schedule<row, tile = [4, 2, 1], vector = 4, parallel = true>
        ins(%x : tensor<?x6xf32>) outs(%e : tensor<?x6xf32>) -> tensor<?x6xf32> {
    ^bb0(%a: tensor<?x6xf32>, %o: tensor<?x6xf32>):
      %c0 = arith.constant 0 : index
      %rows = tensor.dim %a, %c0 : tensor<?x6xf32>
      %e0 = tensor.empty(%rows) : tensor<?xf32>
      %low = arith.constant 0xFF800000 : f32
      %init = linalg.fill ins(%low : f32) outs(%e0 : tensor<?xf32>) -> tensor<?xf32>
      %m = linalg.generic {indexing_maps = [#element, #row], iterator_types = ["parallel", "reduction"]}
          ins(%a : tensor<?x6xf32>) outs(%init : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.maximumf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      %y = linalg.generic {indexing_maps = [#element, #row, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a, %m : tensor<?x6xf32>, tensor<?xf32>) outs(%o : tensor<?x6xf32>) {
      ^bb0(%v: f32, %w: f32, %u: f32):
        %z = arith.subf %v, %w : f32
        linalg.yield %z : f32
      } -> tensor<?x6xf32>
      sinter.yield %y : tensor<?x6xf32>
    }
    return %r : tensor<?x6xf32>
  }

  // CHECK-LABEL: func.func @normalized(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?x20xf32>, %[[E:[^:]*]]: tensor<?x20xf32>, %[[F:[^:]*]]: tensor<?xf32>
  // CHECK-NEXT: %[[LAUNCH:.*]]:2 = sinter.launch @normalized_1 items #[[MAP1]] parallel ins(%[[X]] :{{.*}} outs(%[[E]], %[[F]] :
  // CHECK-NEXT: return %[[LAUNCH]]#0, %[[LAUNCH]]#1
  func.func @normalized(%x: tensor<?x20xf32>, %e: tensor<?x20xf32>, %f: tensor<?xf32>) -> (tensor<?x20xf32>, tensor<?xf32>) {
    %r:2 = sinter.kernel "normalized" schedule #sinter.schedule<row, tile = [3, 1, 2], vector = 4, parallel = true>
        ins(%x : tensor<?x20xf32>) outs(%e, %f : tensor<?x20xf32>, tensor<?xf32>) -> tensor<?x20xf32>, tensor<?xf32> {
    ^bb0(%a: tensor<?x20xf32>, %o: tensor<?x20xf32>, %p: tensor<?xf32>):
      %c0 = arith.constant 0 : index
      %rows = tensor.dim %a, %c0 : tensor<?x20xf32>
      %e0 = tensor.empty(%rows) : tensor<?x20xf32>
      %t = linalg.generic {indexing_maps = [#element, #element], iterator_types = ["parallel", "parallel"]}
          ins(%a : tensor<?x20xf32>) outs(%e0 : tensor<?x20xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = math.exp %v : f32
        linalg.yield %z : f32
      } -> tensor<?x20xf32>
      %zero = arith.constant 0.0 : f32
      %init = linalg.fill ins(%zero : f32) outs(%p : tensor<?xf32>) -> tensor<?xf32>
      %s = linalg.generic {indexing_maps = [#element, #row], iterator_types = ["parallel", "reduction"]}
          ins(%t : tensor<?x20xf32>) outs(%init : tensor<?xf32>) {
      ^bb0(%v: f32, %u: f32):
        %z = arith.addf %u, %v : f32
        linalg.yield %z : f32
      } -> tensor<?xf32>
      %y = linalg.generic {indexing_maps = [#element, #row, #element], iterator_types = ["parallel", "parallel"]}
          ins(%t, %s : tensor<?x20xf32>, tensor<?xf32>) outs(%o : tensor<?x20xf32>) {
      ^bb0(%v: f32, %w: f32, %u: f32):
        %z = arith.divf %v, %w : f32
        linalg.yield %z : f32
      } -> tensor<?x20xf32>
      sinter.yield %y, %s : tensor<?x20xf32>, tensor<?xf32>
    }
    return %r#0, %r#1 : tensor<?x20xf32>, tensor<?xf32>
  }

  // CHECK-LABEL: func.func @total(
  // CHECK-SAME: %[[X:[^:]*]]: tensor<?xf32>, %[[E:[^:]*]]: tensor<f32>
  // CHECK-NEXT: %[[LAUNCH:.*]] = sinter.launch @total_2 items #[[MAP2]] ins(%[[X]] :{{.*}} outs(%[[E]] :
  // CHECK-NEXT: return %[[LAUNCH]]
  func.func @total(%x: tensor<?xf32>, %e: tensor<f32>) -> tensor<f32> {
    %r = sinter.kernel "total" schedule #sinter.schedule<row, tile = [1, 1, 2], vector = 4, parallel = false>
        ins(%x : tensor<?xf32>) outs(%e : tensor<f32>) -> tensor<f32> {
    ^bb0(%a: tensor<?xf32>, %o: tensor<f32>):
      %start = arith.constant 3.0 : f32
      %init = linalg.fill ins(%start : f32) outs(%o : tensor<f32>) -> tensor<f32>
      %y = linalg.generic {indexing_maps = [#vector, #none], iterator_types = ["reduction"]}
          ins(%a : tensor<?xf32>) outs(%init : tensor<f32>) {
      ^bb0(%v: f32, %u: f32):
        %w = arith.mulf %v, %v : f32
        %z = arith.addf %u, %w : f32
        linalg.yield %z : f32
      } -> tensor<f32>
      sinter.yield %y : tensor<f32>
    }
    return %r : tensor<f32>
  }

  // Two rows at a time, both vectors of each in registers: the second pass reads nothing. Then the odd row.
  // CHECK-LABEL: func.func private @centered_0(
  // CHECK-SAME: %[[X:[^:]*]]: memref<5x6xf32>, %[[E:[^:]*]]: memref<5x6xf32>,
  // CHECK-SAME: %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
  // CHECK-DAG: %[[MINUS_INFINITY:.*]] = arith.constant dense<0xFF800000> : vector<4xf32>
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
  // CHECK-DAG: %[[MASK:.*]] = arith.constant dense<[true, true, false, false]> : vector<4xi1>
  // CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
  // CHECK-DAG: %[[C2:.*]] = arith.constant 2 : index
  // CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG: %[[C4:.*]] = arith.constant 4 : index
  // CHECK: %[[MULI:.*]] = arith.muli %[[LO]], %[[C4]]
  // CHECK-NEXT: %[[MULI1:.*]] = arith.muli %[[HI]], %[[C4]]
  // CHECK-NEXT: %[[MINSI:.*]] = arith.minsi %[[MULI1]], %[[ROWS]]
  // CHECK-NEXT: %[[SUBI:.*]] = arith.subi %[[MINSI]], %[[MULI]]
  // CHECK-NEXT: %[[DIVSI:.*]] = arith.divsi %[[SUBI]], %[[C2]]
  // CHECK-NEXT: %[[MULI2:.*]] = arith.muli %[[DIVSI]], %[[C2]]
  // CHECK-NEXT: %[[ADDI:.*]] = arith.addi %[[MULI]], %[[MULI2]]
  // CHECK-NEXT: scf.for %[[I:.*]] = %[[MULI]] to %[[ADDI]] step %[[C2]] {
  // CHECK-NEXT: %[[ADDI1:.*]] = arith.addi %[[I]], %[[C1]]
  // CHECK-NEXT: %[[LOAD:.*]] = vector.load %[[X]][%[[I]], %[[C0]]] : memref<5x6xf32>, vector<4xf32>
  // CHECK-NEXT: %[[LOAD1:.*]] = vector.load %[[X]][%[[ADDI1]], %[[C0]]] : memref<5x6xf32>, vector<4xf32>
  // CHECK-NEXT: %[[MASKEDLOAD:.*]] = vector.maskedload %[[X]][%[[I]], %[[C4]]], %[[MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[SELECT:.*]] = arith.select %[[MASK]], %[[MASKEDLOAD]], %[[MINUS_INFINITY]]
  // CHECK-NEXT: %[[MASKEDLOAD1:.*]] = vector.maskedload %[[X]][%[[ADDI1]], %[[C4]]], %[[MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[SELECT1:.*]] = arith.select %[[MASK]], %[[MASKEDLOAD1]], %[[MINUS_INFINITY]]
  // CHECK-NEXT: %[[MAX:.*]] = arith.maximumf %[[SELECT]], %[[LOAD]] fastmath<nsz>
  // CHECK-NEXT: %[[REDUCTION:.*]] = vector.reduction <maximumf>, %[[MAX]] fastmath<reassoc,nsz>
  // CHECK-NEXT: %[[MAX1:.*]] = arith.maximumf %[[SELECT1]], %[[LOAD1]] fastmath<nsz>
  // CHECK-NEXT: %[[REDUCTION1:.*]] = vector.reduction <maximumf>, %[[MAX1]] fastmath<reassoc,nsz>
  // CHECK-NEXT: %[[BROADCAST:.*]] = vector.broadcast %[[REDUCTION]] : f32 to vector<4xf32>
  // CHECK-NEXT: %[[SUBF:.*]] = arith.subf %[[LOAD]], %[[BROADCAST]]
  // CHECK-NEXT: vector.store %[[SUBF]], %[[E]][%[[I]], %[[C0]]]
  // CHECK-NEXT: %[[BROADCAST1:.*]] = vector.broadcast %[[REDUCTION1]] : f32 to vector<4xf32>
  // CHECK-NEXT: %[[SUBF1:.*]] = arith.subf %[[LOAD1]], %[[BROADCAST1]]
  // CHECK-NEXT: vector.store %[[SUBF1]], %[[E]][%[[ADDI1]], %[[C0]]]
  // CHECK-NEXT: %[[SUBF2:.*]] = arith.subf %[[MASKEDLOAD]], %[[BROADCAST]]
  // CHECK-NEXT: vector.maskedstore %[[E]][%[[I]], %[[C4]]], %[[MASK]], %[[SUBF2]]
  // CHECK-NEXT: %[[SUBF3:.*]] = arith.subf %[[MASKEDLOAD1]], %[[BROADCAST1]]
  // CHECK-NEXT: vector.maskedstore %[[E]][%[[ADDI1]], %[[C4]]], %[[MASK]], %[[SUBF3]]
  // CHECK-NEXT: }
  // CHECK-NEXT: scf.for %[[I1:.*]] = %[[ADDI]] to %[[MINSI]] step %[[C1]] {
  // CHECK-NEXT: %[[LOAD2:.*]] = vector.load %[[X]][%[[I1]], %[[C0]]] : memref<5x6xf32>, vector<4xf32>
  // CHECK-NEXT: %[[MASKEDLOAD2:.*]] = vector.maskedload %[[X]][%[[I1]], %[[C4]]], %[[MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[SELECT6:.*]] = arith.select %[[MASK]], %[[MASKEDLOAD2]], %[[MINUS_INFINITY]]
  // CHECK-NEXT: %[[MAX2:.*]] = arith.maximumf %[[SELECT6]], %[[LOAD2]] fastmath<nsz>
  // CHECK-NEXT: %[[REDUCTION2:.*]] = vector.reduction <maximumf>, %[[MAX2]] fastmath<reassoc,nsz>
  // CHECK-NEXT: %[[BROADCAST2:.*]] = vector.broadcast %[[REDUCTION2]] : f32 to vector<4xf32>
  // CHECK-NEXT: %[[SUBF4:.*]] = arith.subf %[[LOAD2]], %[[BROADCAST2]]
  // CHECK-NEXT: vector.store %[[SUBF4]], %[[E]][%[[I1]], %[[C0]]]
  // CHECK-NEXT: %[[SUBF5:.*]] = arith.subf %[[MASKEDLOAD2]], %[[BROADCAST2]]
  // CHECK-NEXT: vector.maskedstore %[[E]][%[[I1]], %[[C4]]], %[[MASK]], %[[SUBF5]]
  // CHECK-NEXT: }
  // CHECK-NEXT: return

  // Exponentials are dear: the first pass keeps them, in place of the quotients, for the second one. Two accumulators,
  // then lanes.
  // CHECK-LABEL: func.func private @normalized_1(
  // CHECK-SAME: %[[X:[^:]*]]: memref<5x20xf32>, %[[E:[^:]*]]: memref<5x20xf32>, %[[F:[^:]*]]: memref<5xf32>,
  // CHECK-SAME: %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
  // CHECK-DAG: %[[C4:.*]] = arith.constant 4 : index
  // CHECK-DAG: %[[C8:.*]] = arith.constant 8 : index
  // CHECK-DAG: %[[C16:.*]] = arith.constant 16 : index
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
  // CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
  // CHECK-DAG: %[[C3:.*]] = arith.constant 3 : index
  // CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
  // CHECK-NOT: memref.alloca
  // CHECK: %[[MULI:.*]] = arith.muli %[[LO]], %[[C3]]
  // CHECK-NEXT: %[[MULI1:.*]] = arith.muli %[[HI]], %[[C3]]
  // CHECK-NEXT: %[[MINSI:.*]] = arith.minsi %[[MULI1]], %[[ROWS]]
  // CHECK-NEXT: scf.for %[[I:.*]] = %[[MULI]] to %[[MINSI]] step %[[C1]] {
  // CHECK-NEXT: %[[FOR:.*]]:2 = scf.for %[[I1:.*]] = %[[C0]] to %[[C16]] step %[[C8]] iter_args(%[[ACC:.*]] = %[[ZERO]], %[[ACC1:.*]] = %[[ZERO]])
  // CHECK-NEXT: %[[LOAD:.*]] = vector.load %[[X]][%[[I]], %[[I1]]] : memref<5x20xf32>, vector<4xf32>
  // CHECK-NEXT: %[[EXP:.*]] = math.exp %[[LOAD]]
  // CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[ACC]], %[[EXP]]
  // CHECK-NEXT: vector.store %[[EXP]], %[[E]][%[[I]], %[[I1]]]
  // CHECK-NEXT: %[[ADDI:.*]] = arith.addi %[[I1]], %[[C4]]
  // CHECK-NEXT: %[[LOAD1:.*]] = vector.load %[[X]][%[[I]], %[[ADDI]]] : memref<5x20xf32>, vector<4xf32>
  // CHECK-NEXT: %[[EXP1:.*]] = math.exp %[[LOAD1]]
  // CHECK-NEXT: %[[ADDF1:.*]] = arith.addf %[[ACC1]], %[[EXP1]]
  // CHECK-NEXT: vector.store %[[EXP1]], %[[E]][%[[I]], %[[ADDI]]]
  // CHECK-NEXT: scf.yield %[[ADDF]], %[[ADDF1]]
  // CHECK-NEXT: }
  // CHECK-NEXT: %[[LOAD2:.*]] = vector.load %[[X]][%[[I]], %[[C16]]] : memref<5x20xf32>, vector<4xf32>
  // CHECK-NEXT: %[[EXP2:.*]] = math.exp %[[LOAD2]]
  // CHECK-NEXT: %[[ADDF2:.*]] = arith.addf %[[FOR]]#0, %[[EXP2]]
  // CHECK-NEXT: vector.store %[[EXP2]], %[[E]][%[[I]], %[[C16]]]
  // CHECK-NEXT: %[[ADDF3:.*]] = arith.addf %[[ADDF2]], %[[FOR]]#1
  // CHECK-NEXT: %[[REDUCTION:.*]] = vector.reduction <add>, %[[ADDF3]] fastmath<reassoc,nsz>
  // CHECK-NEXT: scf.for %[[I2:.*]] = %[[C0]] to %[[C16]] step %[[C8]] {
  // CHECK-NEXT: %[[LOAD3:.*]] = vector.load %[[E]][%[[I]], %[[I2]]] : memref<5x20xf32>, vector<4xf32>
  // CHECK-NEXT: %[[BROADCAST:.*]] = vector.broadcast %[[REDUCTION]] : f32 to vector<4xf32>
  // CHECK-NEXT: %[[DIVF:.*]] = arith.divf %[[LOAD3]], %[[BROADCAST]]
  // CHECK-NEXT: vector.store %[[DIVF]], %[[E]][%[[I]], %[[I2]]]
  // CHECK-NEXT: %[[ADDI1:.*]] = arith.addi %[[I2]], %[[C4]]
  // CHECK-NEXT: %[[LOAD4:.*]] = vector.load %[[E]][%[[I]], %[[ADDI1]]] : memref<5x20xf32>, vector<4xf32>
  // CHECK-NEXT: %[[DIVF1:.*]] = arith.divf %[[LOAD4]], %[[BROADCAST]]
  // CHECK-NEXT: vector.store %[[DIVF1]], %[[E]][%[[I]], %[[ADDI1]]]
  // CHECK-NEXT: }
  // CHECK-NEXT: %[[LOAD5:.*]] = vector.load %[[E]][%[[I]], %[[C16]]] : memref<5x20xf32>, vector<4xf32>
  // CHECK-NEXT: %[[BROADCAST1:.*]] = vector.broadcast %[[REDUCTION]] : f32 to vector<4xf32>
  // CHECK-NEXT: %[[DIVF2:.*]] = arith.divf %[[LOAD5]], %[[BROADCAST1]]
  // CHECK-NEXT: vector.store %[[DIVF2]], %[[E]][%[[I]], %[[C16]]]
  // CHECK-NEXT: memref.store %[[REDUCTION]], %[[F]][%[[I]]] : memref<5xf32>
  // CHECK-NEXT: }
  // CHECK-NEXT: return

  // A single row as long as the call has rows: lanes beyond them add nothing. The start value is added at the end.
  // CHECK-LABEL: func.func private @total_2(
  // CHECK-SAME: %[[X:[^:]*]]: memref<5xf32>, %[[E:[^:]*]]: memref<f32>,
  // CHECK-SAME: %[[ROWS:[^:]*]]: index, %[[LO:[^:]*]]: index, %[[HI:[^:]*]]: index
  // CHECK-DAG: %[[C4:.*]] = arith.constant 4 : index
  // CHECK-DAG: %[[C8:.*]] = arith.constant 8 : index
  // CHECK-DAG: %[[ZERO:.*]] = arith.constant dense<0.000000e+00> : vector<4xf32>
  // CHECK-DAG: %[[C0:.*]] = arith.constant 0 : index
  // CHECK-DAG: %[[C3:.*]] = arith.constant 3.000000e+00 : f32
  // CHECK-DAG: %[[C1:.*]] = arith.constant 1 : index
  // CHECK: %[[MINSI:.*]] = arith.minsi %[[HI]], %[[C1]]
  // CHECK-NEXT: scf.for %[[I:.*]] = %[[LO]] to %[[MINSI]] step %[[C1]] {
  // CHECK-NEXT: %[[DIVSI:.*]] = arith.divsi %[[ROWS]], %[[C8]]
  // CHECK-NEXT: %[[MULI:.*]] = arith.muli %[[DIVSI]], %[[C8]]
  // CHECK-NEXT: %[[DIVSI1:.*]] = arith.divsi %[[ROWS]], %[[C4]]
  // CHECK-NEXT: %[[MULI1:.*]] = arith.muli %[[DIVSI1]], %[[C4]]
  // CHECK-NEXT: %[[FOR:.*]]:2 = scf.for %[[I1:.*]] = %[[C0]] to %[[MULI]] step %[[C8]] iter_args(%[[ACC:.*]] = %[[ZERO]], %[[ACC1:.*]] = %[[ZERO]])
  // CHECK-NEXT: %[[LOAD:.*]] = vector.load %[[X]][%[[I1]]] : memref<5xf32>, vector<4xf32>
  // CHECK-NEXT: %[[MULF:.*]] = arith.mulf %[[LOAD]], %[[LOAD]]
  // CHECK-NEXT: %[[ADDF:.*]] = arith.addf %[[ACC]], %[[MULF]]
  // CHECK-NEXT: %[[ADDI:.*]] = arith.addi %[[I1]], %[[C4]]
  // CHECK-NEXT: %[[LOAD1:.*]] = vector.load %[[X]][%[[ADDI]]] : memref<5xf32>, vector<4xf32>
  // CHECK-NEXT: %[[MULF1:.*]] = arith.mulf %[[LOAD1]], %[[LOAD1]]
  // CHECK-NEXT: %[[ADDF1:.*]] = arith.addf %[[ACC1]], %[[MULF1]]
  // CHECK-NEXT: scf.yield %[[ADDF]], %[[ADDF1]]
  // CHECK-NEXT: }
  // CHECK-NEXT: %[[FOR1:.*]] = scf.for %[[I2:.*]] = %[[MULI]] to %[[MULI1]] step %[[C4]] iter_args(%[[ACC2:.*]] = %[[FOR]]#0)
  // CHECK-NEXT: %[[LOAD2:.*]] = vector.load %[[X]][%[[I2]]] : memref<5xf32>, vector<4xf32>
  // CHECK-NEXT: %[[MULF2:.*]] = arith.mulf %[[LOAD2]], %[[LOAD2]]
  // CHECK-NEXT: %[[ADDF2:.*]] = arith.addf %[[ACC2]], %[[MULF2]]
  // CHECK-NEXT: scf.yield %[[ADDF2]]
  // CHECK-NEXT: }
  // CHECK-NEXT: %[[CMPI:.*]] = arith.cmpi slt, %[[MULI1]], %[[ROWS]]
  // CHECK-NEXT: %[[IF:.*]] = scf.if %[[CMPI]] -> (vector<4xf32>) {
  // CHECK-NEXT: %[[SUBI:.*]] = arith.subi %[[ROWS]], %[[MULI1]]
  // CHECK-NEXT: %[[CREATE_MASK:.*]] = vector.create_mask %[[SUBI]] : vector<4xi1>
  // CHECK-NEXT: %[[MASKEDLOAD:.*]] = vector.maskedload %[[X]][%[[MULI1]]], %[[CREATE_MASK]], %[[ZERO]]
  // CHECK-NEXT: %[[MULF3:.*]] = arith.mulf %[[MASKEDLOAD]], %[[MASKEDLOAD]]
  // CHECK-NEXT: %[[ADDF3:.*]] = arith.addf %[[FOR1]], %[[MULF3]]
  // CHECK-NEXT: %[[SELECT:.*]] = arith.select %[[CREATE_MASK]], %[[ADDF3]], %[[FOR1]]
  // CHECK-NEXT: scf.yield %[[SELECT]]
  // CHECK-NEXT: } else {
  // CHECK-NEXT: scf.yield %[[FOR1]]
  // CHECK-NEXT: }
  // CHECK-NEXT: %[[ADDF4:.*]] = arith.addf %[[IF]], %[[FOR]]#1
  // CHECK-NEXT: %[[REDUCTION:.*]] = vector.reduction <add>, %[[ADDF4]] fastmath<reassoc,nsz>
  // CHECK-NEXT: %[[ADDF5:.*]] = arith.addf %[[REDUCTION]], %[[C3]]
  // CHECK-NEXT: memref.store %[[ADDF5]], %[[E]][] : memref<f32>
  // CHECK-NEXT: }
  // CHECK-NEXT: return
}

