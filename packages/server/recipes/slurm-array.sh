#!/bin/bash
# Scores one Parquet file, each task of the array some of its row groups:
#   sbatch --array=0-31%8 slurm-array.sh head.safetensors features.parquet scored 16
# gives the row groups 0 … 511 to 32 tasks of 16, eight at a time.
# A task whose node fails runs again; as `score` renames a file that is whole, nobody sees half of one.
#SBATCH --job-name=fixed-classifier-score
#SBATCH --cpus-per-task=2
#SBATCH --mem=2G
#SBATCH --requeue
#SBATCH --open-mode=append
set -euo pipefail

model=$1 source=$2 target=$3 each=$4
first=$((SLURM_ARRAY_TASK_ID * each))
printf -v part '%s/part-%06d.parquet' "$target" "$first"

mkdir -p "$target"
exec npx fixed-classifier score --model "$model" "$source" --row-groups "$first:$((first + each))" --out "$part"
