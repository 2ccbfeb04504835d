"""The audit as the house writes and checks it: `noting` what happens, `writing` it down, `verifying` what is there."""
