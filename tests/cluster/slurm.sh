#!/bin/bash
# A Slurm cluster of this one machine: `slurm.sh up` makes it, `slurm.sh down` takes it away again. For root on Debian.
# What is missing is installed by apt (exit status 3 where that cannot be had), and removed again by `down`.
set -euo pipefail

HOME_DIR=${SLURM_TEST_FOLDER:-/tmp/pointclip2-slurm}
export SLURM_CONF=$HOME_DIR/slurm.conf

up() {
    if [ "$(id -u)" != 0 ]; then echo "slurm.sh needs root: munged and slurmd do" >&2; exit 3; fi
    mkdir -p "$HOME_DIR"/{state,spool,log}
    if ! command -v slurmctld slurmd munged sbatch srun >/dev/null; then
        # No service may start by itself: ours lie in a folder of their own.
        if ! apt-get install -y --no-install-recommends slurm-wlm munge >"$HOME_DIR/log/apt" 2>&1; then
            apt-get update >>"$HOME_DIR/log/apt" 2>&1 || true
            if ! apt-get install -y --no-install-recommends slurm-wlm munge >>"$HOME_DIR/log/apt" 2>&1; then
                echo "slurm-wlm and munge cannot be installed here: $(tail -n 1 "$HOME_DIR/log/apt")" >&2
                exit 3
            fi
        fi
        touch "$HOME_DIR/installed"
    fi
    dd if=/dev/urandom of="$HOME_DIR/munge.key" bs=128 count=8 status=none
    chmod 400 "$HOME_DIR/munge.key"
    chmod 755 "$HOME_DIR"
    chown -R root:root "$HOME_DIR"
    munged --force --socket="$HOME_DIR/munge.socket" --key-file="$HOME_DIR/munge.key" --pid-file="$HOME_DIR/munged.pid" \
        --log-file="$HOME_DIR/log/munged" --seed-file="$HOME_DIR/munge.seed"
    local node cpus
    node=$(hostname -s)
    cpus=$(nproc)
    # slurmd counts twice as many processors as there are, so that two jobs of two run beside each other anywhere.
    cat >"$SLURM_CONF" <<CONF
ClusterName=pointclip2
SlurmctldHost=$node(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket=$HOME_DIR/munge.socket
CredType=cred/munge
StateSaveLocation=$HOME_DIR/state
SlurmdSpoolDir=$HOME_DIR/spool
SlurmctldPidFile=$HOME_DIR/slurmctld.pid
SlurmdPidFile=$HOME_DIR/slurmd.pid
SlurmctldLogFile=$HOME_DIR/log/slurmctld
SlurmdLogFile=$HOME_DIR/log/slurmd
ProctrackType=proctrack/pgid
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SchedulerType=sched/backfill
MpiDefault=none
ReturnToService=2
KillWait=20
JobRequeue=1
SchedulerParameters=requeue_delay=1
SlurmdParameters=config_overrides
NodeName=$node NodeAddr=127.0.0.1 CPUs=$((2 * cpus)) State=UNKNOWN
PartitionName=here Nodes=$node Default=YES MaxTime=INFINITE State=UP
CONF
    slurmctld -c
    slurmd
    for _ in $(seq 60); do
        if [ "$(sinfo --noheader --format=%t 2>/dev/null)" = idle ]; then echo "slurm is up: $(sinfo --version)"; return; fi
        sleep 0.5
    done
    echo "slurm did not come up: $(tail -n 3 "$HOME_DIR/log/slurmctld")" >&2
    down
    exit 3
}

down() {
    if [ -f "$SLURM_CONF" ]; then
        scancel --user=root 2>/dev/null || true
        sleep 1
    fi
    local pid
    for name in slurmd slurmctld munged; do
        if [ ! -f "$HOME_DIR/$name.pid" ]; then continue; fi
        pid=$(cat "$HOME_DIR/$name.pid")
        kill "$pid" 2>/dev/null || true
        for _ in $(seq 40); do kill -0 "$pid" 2>/dev/null || break; sleep 0.25; done
        kill -9 "$pid" 2>/dev/null || true
    done
    if [ -f "$HOME_DIR/installed" ]; then
        apt-get purge -y --auto-remove slurm-wlm munge >"$HOME_DIR/log/apt" 2>&1 || true
    fi
    rm -rf "$HOME_DIR"
    echo "slurm is down"
}

case ${1:-} in
    up | down) "$1" ;;
    *) echo "slurm.sh up | down" >&2; exit 2 ;;
esac
