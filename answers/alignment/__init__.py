"""Alignment: reward models, DPO, PPO, GRPO."""
