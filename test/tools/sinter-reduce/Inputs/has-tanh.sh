#!/bin/sh
# Interesting (exit status 1) while the file still holds a sinter.tanh.
grep -q 'sinter.tanh' "$1" && exit 1
exit 0
