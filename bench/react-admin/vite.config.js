import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// A production build with Vite's defaults, as react-admin's own starter makes one.
export default defineConfig({ plugins: [react()], build: { emptyOutDir: true, chunkSizeWarningLimit: 2000 } });
