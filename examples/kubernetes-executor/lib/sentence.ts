export function sentence(text: string) {
    return text.trim().replace(/[^.!?]$/, '$&.');
}
