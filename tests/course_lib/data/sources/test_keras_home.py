import keras

from course_lib.data.sources.keras_home import keras_home


def test_it_is_the_folder_that_keras_uses():
    assert str(keras_home()) == keras.src.backend.config.keras_home()
