#!/bin/bash
# One large case over several ranks or nodes of a Slurm cluster:  sbatch studies/slurm_mpi.sh CASE.toml OUT
# A job that its time ends goes on when it is handed over again: the run saves its state a minute before.
#SBATCH --job-name=femna
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=4
#SBATCH --cpus-per-task=1
#SBATCH --time=04:00:00
#SBATCH --signal=TERM@60
#SBATCH --output=femna-%j.log
set -euo pipefail
case_file=${1:?the case file} folder=${2:?the folder for the results}

export OMP_NUM_THREADS=1
# Within one node shared memory is enough; over several, UCX picks the network by itself.
if [ "${SLURM_JOB_NUM_NODES:-1}" -gt 1 ]; then export UCX_TLS=all; fi
# Compiled forms go to a folder that every node sees, which $HOME usually is.
export XDG_CACHE_HOME=${XDG_CACHE_HOME:-$HOME/.cache}

# MPICH's launcher, as the wheel brings it, finds the nodes of the job. With another MPI: srun --mpi=pmix.
exec mpiexec -n "${SLURM_NTASKS:?run by sbatch}" femna run "$case_file" -o "$folder" --resume
