// A preset that nobody has heard of is a user's mistake.
// RUN: sinter-opt %s --sinter-plan-schedules=cpu=x86-64-v9 --verify-diagnostics

// expected-error @unknown {{unknown CPU preset 'x86-64-v9', expected x86-64, x86-64-v2, x86-64-v3 or x86-64-v4}}
