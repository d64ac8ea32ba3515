// What memory planning reports: scratch with its bound, values written over old ones, bytes that are shared, results in the
// caller's memory, copies with the reason, and both blocks.
// RUN: sinter-opt %s --sinter-plan-memory --remark-policy=all --remarks-filter=memory -o /dev/null 2>&1 | FileCheck %s

// Three tensors of 48 bytes, of which two are live at once, in 128 bytes; without sharing they would take 144.
// CHECK: [Analysis] scratch {{.*}} Function=train_step | Fragmentation=0.0000, LowerBound=128, PeakBytes=128, Remark="scratch planned", SumOfBytes=144, Tensors=3
// CHECK: [Passed] overwrite {{.*}} Function=train_step | Buffer=w, Launch=3, Remark="'update' writes the new value of 'w' in place of the old one"
// CHECK: [Passed] reuse {{.*}} Function=train_step | Buffer=unary@2, Bytes=48, Offset=0, Remark="'unary@2' takes bytes of unary@0, needed no more"
// CHECK: [Passed] result {{.*}} Function=train_step | Buffer=total, Bytes=48, Remark="'total' is computed in the caller's memory"

// CHECK: [Missed] copy {{.*}} Function=still_read | Bytes=48, Reason="the old value is still read", Remark="'w' is copied to 'scale@0'"
// CHECK: [Missed] copy {{.*}} Function=not_state | Bytes=48, Reason="the new value is not returned as this state", Remark="'w' is copied to 'scaled'"
// CHECK: [Analysis] blocks {{.*}} HugePagesForScratch=false, HugePagesForState=true, Remark="two blocks", ScratchBytes=128, StateBytes=8388672
module attributes {sinter.batch = 4 : i64} {
  sinter.state "w" parameter : tensor<12xf32>
  sinter.state "large" parameter : tensor<2097152xf32>
  func.func private @unary(%a: memref<12xf32>, %o: memref<12xf32>, %rows: index, %lo: index, %hi: index)
  func.func private @update(%g: memref<12xf32>, %w: memref<12xf32>, %rows: index, %lo: index, %hi: index)
  func.func private @scale(%w: memref<12xf32>, %rows: index, %lo: index, %hi: index)

  func.func @train_step(%w: tensor<12xf32> {sinter.role = "state", sinter.name = "w"}, %x: tensor<12xf32> {sinter.role = "input", sinter.name = "x"})
      -> (tensor<12xf32> {sinter.role = "state", sinter.name = "w"}, tensor<12xf32> {sinter.role = "output", sinter.name = "total"}) {
    %e0 = tensor.empty() : tensor<12xf32>
    %e1 = tensor.empty() : tensor<12xf32>
    %e2 = tensor.empty() : tensor<12xf32>
    %e3 = tensor.empty() : tensor<12xf32>
    %a = sinter.launch @unary items affine_map<(d0) -> (1)> ins(%x : tensor<12xf32>) outs(%e0 : tensor<12xf32>) -> tensor<12xf32>
    %b = sinter.launch @unary items affine_map<(d0) -> (1)> ins(%a : tensor<12xf32>) outs(%e1 : tensor<12xf32>) -> tensor<12xf32>
    %c = sinter.launch @unary items affine_map<(d0) -> (1)> ins(%b : tensor<12xf32>) outs(%e2 : tensor<12xf32>) -> tensor<12xf32>
    %n = sinter.launch @update items affine_map<(d0) -> (1)> ins(%c : tensor<12xf32>) outs(%w : tensor<12xf32>) -> tensor<12xf32>
    %t = sinter.launch @unary items affine_map<(d0) -> (1)> ins(%c : tensor<12xf32>) outs(%e3 : tensor<12xf32>) -> tensor<12xf32>
    return %n, %t : tensor<12xf32>, tensor<12xf32>
  }

  func.func @still_read(%w: tensor<12xf32> {sinter.role = "state", sinter.name = "w"})
      -> (tensor<12xf32> {sinter.role = "state", sinter.name = "w"}, tensor<12xf32> {sinter.role = "output", sinter.name = "old"}) {
    %n = sinter.launch @scale items affine_map<(d0) -> (1)> outs(%w : tensor<12xf32>) -> tensor<12xf32>
    return %n, %w : tensor<12xf32>, tensor<12xf32>
  }

  func.func @not_state(%w: tensor<12xf32> {sinter.role = "state", sinter.name = "w"})
      -> (tensor<12xf32> {sinter.role = "output", sinter.name = "scaled"}) {
    %n = sinter.launch @scale items affine_map<(d0) -> (1)> outs(%w : tensor<12xf32>) -> tensor<12xf32>
    return %n : tensor<12xf32>
  }
}
