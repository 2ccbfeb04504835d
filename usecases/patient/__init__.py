"""What a patient may see and ask: one module per noun."""
