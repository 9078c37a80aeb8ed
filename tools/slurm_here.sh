#!/usr/bin/env bash
# A Slurm of one node on this machine, to try --engine slurm:  slurm_here.sh start|stop FOLDER
# Needs root and Debian's packages slurm-wlm and munge. Then: export SLURM_CONF=FOLDER/slurm.conf
set -euo pipefail
folder=$(mkdir -p "$2" && cd "$2" && pwd)
conf=$folder/slurm.conf

stop() {
    for daemon in slurmd slurmctld munged; do
        if [ -s "$folder/$daemon.pid" ]; then kill "$(cat "$folder/$daemon.pid")" 2>/dev/null || true; fi
    done
}

case "$1" in
    stop) stop ;;
    start)
        for program in munged slurmctld slurmd; do
            command -v "$program" >/dev/null || PATH=$PATH:/usr/sbin
            command -v "$program" >/dev/null || { echo "slurm_here: $program is missing" >&2; exit 1; }
        done
        mkdir -p "$folder/state" "$folder/spool"
        (umask 077 && head -c 1024 /dev/urandom >"$folder/munge.key")
        host=$(hostname -s)
        port=$((20000 + RANDOM % 10000))
        cat >"$conf" <<END
ClusterName=here
SlurmctldHost=$host
AuthType=auth/munge
AuthInfo=socket=$folder/munge.socket
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
SlurmctldPort=$port
SlurmdPort=$((port + 1))
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=sched_interval=2,bf_interval=2
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
ReturnToService=2
KillWait=5
NodeName=$host CPUs=$(env -u OMP_NUM_THREADS nproc) State=UNKNOWN
PartitionName=short Nodes=ALL Default=YES MaxTime=60 State=UP
END
        munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
            --pid-file="$folder/munged.pid" --log-file="$folder/munged.log" --seed-file="$folder/munge.seed"
        export SLURM_CONF=$conf
        slurmctld -c
        slurmd
        for _ in $(seq 20); do
            if sinfo -h -o %T 2>/dev/null | grep -q idle; then exit 0; fi
            sleep 0.5
        done
        echo "slurm_here: the node does not come up; see $folder/*.log" >&2
        stop
        exit 1
        ;;
    *) echo "slurm_here.sh start|stop FOLDER" >&2; exit 2 ;;
esac
