"""The Streamlit app. Its process loads neither torch nor scikit-learn."""
