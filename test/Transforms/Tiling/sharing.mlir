// Threads share a step where that saves more than tensors cost that move from one core's cache to another's: not the step of a small
// perceptron at batch 8, but that at batch 256. What was only cut for threads is whole again.
// RUN: sinterc %models/digits.mlir --batch 8 --target-cpu=x86-64-v4 --print-schedules -o - | FileCheck %s --check-prefix=SMALL
// RUN: sinterc %models/digits.mlir --batch 256 --target-cpu=x86-64-v4 --print-schedules -o - | FileCheck %s --check-prefix=LARGE
// RUN: sinterc %models/digits.mlir --batch 8 --target-cpu=x86-64-v4 --remarks=schedule -o %t.o 2>&1 | FileCheck %s --check-prefix=REMARK

// SMALL-NOT: train_step{{.*}}parallel = true
// SMALL: train_step/dot_general#1 = #sinter.schedule<contraction, tile = [6, 4, 22, 4, 1, 8, 0, 0, 0, 0], vector = 16, parallel = false>
// SMALL-NOT: train_step{{.*}}parallel = true

// LARGE: train_step/linear_relu_dropout#0 = {{.*}} parallel = true
// LARGE: train_step/dot_general#1 = {{.*}} parallel = true
// LARGE: train_step/adamw#4 = {{.*}} parallel = true

// REMARK: [Missed] parallel {{.*}} Function=train_step | Kernel=dot_general#1, {{.*}}Reason="all loops of its function that could be shared would save less than tensors cost that move between cores", Remark="it stays in the calling thread"
