"""A small word that the browser keeps between visits: a pseudonym, a language, never a secret."""

import streamlit as st

JS = """
export default function ({ data }) {
  const value = encodeURIComponent(data.value);
  document.cookie = `${data.name}=${value}; path=/; max-age=31536000; SameSite=Strict`;
}
"""
_component = st.components.v2.component("pharmiage_remember", js=JS)


def remember(name: str, value: str) -> None:
    _component(key=f"remember_{name}", data={"name": name, "value": value}, height=1)
